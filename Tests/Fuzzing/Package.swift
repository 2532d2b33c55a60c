// swift-tools-version: 6.2
import PackageDescription

// The sources of the main package, reached by symbolic links, compiled once more with libFuzzer's instrumentation, with
// optimisation and with assertions. A package of its own, so that other builds know nothing of it.
let sanitizers = "-sanitize=" + (Context.environment["FUZZ_SANITIZERS"] ?? "fuzzer")

let features: [SwiftSetting] = [
    .enableExperimentalFeature("Lifetimes"),
    .enableExperimentalFeature("RawLayout"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
let instrumented = features + [.unsafeFlags([sanitizers, "-enable-testing", "-assert-config", "Debug"])]

/// An executable that consists of a target's function and libFuzzer, which calls it.
func fuzzer(_ name: String, _ target: String = "FuzzTargets") -> Target {
    .executableTarget(
        name: name, dependencies: [.target(name: target)], path: "Sources/Entries/\(name)",
        cSettings: [.headerSearchPath("..")],
        linkerSettings: [.unsafeFlags([sanitizers])]
    )
}

let package = Package(
    name: "cloakroom-fuzzing",
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .target(name: "CLinux"),
        // A few functions instead of all of swift-crypto, which takes longer to compile than everything else.
        .target(name: "CCryptoBoringSSL"),
        .target(
            name: "SessionCore", dependencies: ["CLinux", "CCryptoBoringSSL"],
            swiftSettings: instrumented),
        .target(
            name: "SessionServer",
            dependencies: [
                "CLinux", "SessionCore", .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: instrumented
        ),
        .target(name: "ScriptTexts", swiftSettings: features),
        .target(name: "FuzzSupport", dependencies: ["ScriptTexts", "SessionCore"], swiftSettings: features),
        .target(name: "FuzzTargets", dependencies: ["FuzzSupport", "SessionCore"], swiftSettings: features),
        .target(
            name: "AdminFuzzTarget",
            dependencies: [
                "FuzzSupport", "SessionCore", "SessionServer", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: features
        ),
        fuzzer("node-receive"),
        fuzzer("primary-stream"),
        fuzzer("snapshot-load"),
        fuzzer("data-files"),
        fuzzer("script-recognition"),
        fuzzer("configuration-file"),
        fuzzer("access-rules"),
        fuzzer("admin-requests", "AdminFuzzTarget"),
    ]
)
