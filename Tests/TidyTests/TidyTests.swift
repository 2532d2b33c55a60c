import Testing

/// The sources keep the rules of the house (.github/CONTRIBUTING.md).
@Suite struct TidyTests {
    static let checks: [Check] = [
        Check("form", Rules.form), Check("leftovers", Rules.leftovers), Check("opening", Rules.opening),
        Check("documentation", Rules.documentation), Check("import directions", Rules.importDirections),
        Check("rooms", Rules.rooms), Check("the store's heap", Rules.storeHeap), Check("unsafe code", Rules.unsafeCode),
        Check("determinism", Rules.determinism), Check("texts of errors", Rules.errorTexts),
        Check("length of functions", Rules.functionLength),
    ]

    /// A rule and its name.
    struct Check: CustomTestStringConvertible, Sendable {
        let name: String
        let rule: @Sendable (SourceFile) -> [Violation]

        init(_ name: String, _ rule: @escaping @Sendable (SourceFile) -> [Violation]) {
            self.name = name
            self.rule = rule
        }

        var testDescription: String { name }
    }

    @Test(arguments: checks) func everyFileKeepsTheRule(_ check: Check) {
        #expect(SourceTree.swiftFiles.count > 100, "the sources are not where they should be")
        for file in SourceTree.files {
            for violation in check.rule(file) { Issue.record("\(violation)") }
        }
    }

    @Test func foldersNameOnlyWhatLiesBelow() {
        for violation in Layers.violations(SourceTree.swiftFiles) { Issue.record("\(violation)") }
    }

    @Test func layersHaveNoCycle() {
        var above: Set = ["Memory"]
        for row in Layers.table {
            #expect(above.isSuperset(of: row.mayName), "\(row.folder) names a folder that stands below it in the table")
            above.insert(row.folder)
            let folder = row.folder == "." ? "" : row.folder + "/"
            #expect(
                SourceTree.swiftFiles.contains { $0.path.hasPrefix("Sources/SessionCore/" + folder) },
                "\(row.folder) is gone: bring the table of Layers up to date")
        }
    }

    @Test func filesWithUnsafeCodeAreListedOnlyWhileTheyHaveSome() {
        for path in Rules.unsafeFiles.keys {
            let file = SourceTree.files.first { $0.path == path }
            #expect(
                file.map(Rules.usesUnsafeCode) == true,
                "\(path) is gone or has no unsafe code any more: strike it off the list in Rules+Modules.swift")
        }
    }

    @Test func longFunctionsAreListedOnlyWhileTheyAreLong() {
        for function in Rules.longFunctions.keys {
            let file = SourceTree.files.first { function.hasPrefix("\($0.path): ") }
            let long = file.map { Rules.longFunctions(in: $0).map(\.name) } ?? []
            #expect(
                long.contains { function.hasSuffix(": \($0)") },
                "\(function) is not long any more: strike it off the list in Rules.swift")
        }
    }

    @Test func roomsThatAreClosedAreThere() {
        for folder in Rules.closedTo.flatMap(\.folders) {
            let path = "Sources/SessionCore/\(folder)/"
            #expect(
                SourceTree.swiftFiles.contains { $0.path.hasPrefix(path) },
                "\(path) is gone: bring closedTo in Rules+Modules.swift up to date")
        }
    }

    /// Pages name source files by the end of their path.
    @Test func pagesNameFilesThatExist() {
        let paths = SourceTree.swiftFiles.map { "/\($0.path)" }
        for file in SourceTree.files where file.path.hasSuffix(".md") {
            for (index, line) in file.lines.enumerated() {
                for match in line.matches(of: #/`([\w+\/-]+\.swift)`/#) {
                    #expect(
                        paths.contains { $0.hasSuffix("/\(match.output.1)") },
                        "\(file.path):\(index + 1): there is no \(match.output.1)")
                }
            }
        }
    }

    @Test func nothingElseIsAtTheTop() {
        let allowed = [
            ".ci", ".editorconfig", ".github", ".gitignore", ".swift-format", "Benchmarks", "Package.swift",
            "README.md",
            "Sources", "Tests",
        ]
        for name in SourceTree.topLevel where !allowed.contains(name) {
            Issue.record(
                "\(name): guides go to SessionCore.docc, scripts and samples beside what they serve"
            )
        }
        for name in allowed where !SourceTree.topLevel.contains(name) { Issue.record("\(name) is missing") }
    }

    /// Relative links of every page, and links between the articles.
    @Test func linksLeadSomewhere() {
        // DocC finds articles by name, whatever folder of the catalogue they are in.
        let articles = Set(
            SourceTree.files.map(\.path).filter { $0.contains(".docc/") }.compactMap {
                $0.split(separator: "/").last.map(String.init)
            })
        for file in SourceTree.files where file.path.hasSuffix(".md") {
            let folder = file.path.split(separator: "/").dropLast().joined(separator: "/")
            for (index, line) in file.lines.enumerated() {
                for match in line.matches(of: #/\]\(([^)#:]+)(#[^)]*)?\)/#) {
                    let target = folder.isEmpty ? "\(match.output.1)" : "\(folder)/\(match.output.1)"
                    #expect(SourceTree.exists(target), "\(file.path):\(index + 1): there is no \(target)")
                }
                for match in line.matches(of: #/<doc:(\w+)>/#) {
                    #expect(
                        articles.contains("\(match.output.1).md"),
                        "\(file.path):\(index + 1): there is no article \(match.output.1)")
                }
            }
        }
    }
}
