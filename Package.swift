// swift-tools-version: 6.2
import PackageDescription

/// `Lifetimes` lets functions return spans into the buffers they belong to instead of copies or raw pointers;
/// `RawLayout` lets `InPlace` keep large structs in memory.
let settings: [SwiftSetting] = [
    .enableExperimentalFeature("Lifetimes"),
    .enableExperimentalFeature("RawLayout"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "cloakroom",
    products: [
        .executable(name: "cloakroom-server", targets: ["cloakroom-server"]),
        // For the micro benchmarks in Benchmarks/, a package of its own.
        .library(name: "SessionCore", targets: ["SessionCore"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .target(name: "CLinux"),
        .target(
            name: "SessionCore",
            dependencies: ["CLinux", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: settings
        ),
        .target(
            name: "SessionServer",
            dependencies: [
                "CLinux", "SessionCore", .product(name: "Logging", package: "swift-log"),
                // The admin port.
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "cloakroom-server",
            dependencies: ["SessionServer", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: settings
        ),
        // Nodes on a virtual clock and a virtual network, with faults, and what checks them.
        .target(name: "SessionSimulation", dependencies: ["SessionCore"], swiftSettings: settings),
        .executableTarget(
            name: "simulate",
            dependencies: ["SessionSimulation", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SessionSimulationTests", dependencies: ["SessionCore", "SessionSimulation"], swiftSettings: settings
        ),
        // Texts of scripts, for tests from inside and from outside.
        .target(name: "ScriptTexts", path: "Tests/ScriptTexts", swiftSettings: settings),
        // TestSupport: to have snapshots loaded by redis-server, and to load its own. CAllocationCount: what requests
        // take is measured.
        .testTarget(
            name: "SessionCoreTests", dependencies: ["CAllocationCount", "ScriptTexts", "SessionCore", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SessionServerTests",
            dependencies: ["CLinux", "SessionCore", "SessionServer", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings
        ),
        // The sources as text: needs nothing.
        .testTarget(name: "TidyTests", swiftSettings: settings),

        // The running server from outside: none of these may depend on SessionCore.
        // Not by pkg-config: hiredis's file holds a flag that the package manager warns about at every build.
        .systemLibrary(name: "CHiredis", path: "Tests/CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .target(name: "TestSupport", dependencies: ["CHiredis"], path: "Tests/TestSupport", swiftSettings: settings),
        .testTarget(name: "HiredisTests", dependencies: ["CHiredis", "TestSupport"], swiftSettings: settings),
        .target(name: "CAllocationCount", path: "Tests/CAllocationCount"),
        .executableTarget(
            name: "allocation-count", dependencies: ["CAllocationCount", "SessionCore"], path: "Tests/AllocationCount",
            swiftSettings: settings
        ),
        .testTarget(name: "AllocationTests", dependencies: ["TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "EndToEnd", dependencies: ["ScriptTexts", "TestSupport"], path: "Tests/EndToEnd",
            exclude: ["Frameworks/Programs", "HAProxy/Samples", "Replication/redis_py_sentinel.py"],
            swiftSettings: settings
        ),
    ]
)
