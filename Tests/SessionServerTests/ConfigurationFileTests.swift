import Foundation
import Testing

@testable import SessionCore
@testable import SessionServer

/// The configuration file as `CONFIG REWRITE` leaves it behind.
@Suite struct ConfigurationFileTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? NSNumber).intValue
    }

    private func configuration(_ path: String) throws -> Configuration {
        var configuration = Configuration()
        for source in try ConfigurationFiles.read(path) {
            try configuration.apply(source) { path throws(ConfigurationFailure) in try ConfigurationFiles.read(path) }
        }
        return configuration
    }

    /// It holds passwords: a new file is for its owner only, and nobody else may read an old one who could not before.
    @Test(arguments: [nil, 0o600, 0o640, 0o644])
    func whoMayReadIt(_ before: Int?) throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        if let before {
            #expect(FileManager.default.createFile(
                atPath: path, contents: Data("requirepass old\n".utf8), attributes: [.posixPermissions: before]))
        }
        var wanted = Configuration()
        try wanted.set([("requirepass", "a \"b\"\nport 1\n"), ("masterauth", "\\x'")])
        wanted.file = path
        #expect(ConfigurationFiles.rewrite(wanted, users: []) == nil)
        #expect(try mode(path) == before ?? 0o600)
        var read = try configuration(path)
        read.file = path
        #expect(read == wanted)
        let directory = (path as NSString).deletingLastPathComponent
        let left = try FileManager.default.contentsOfDirectory(atPath: directory)
            .filter { $0.hasPrefix((path as NSString).lastPathComponent + ".") }
        #expect(left == [], "nothing is left beside it")
    }
}
