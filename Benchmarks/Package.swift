// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "cloakroom-benchmarks",
    dependencies: [
        // Named, because a local package otherwise goes by its directory's name, which is up to who cloned it.
        .package(name: "cloakroom", path: ".."),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "SessionCoreBenchmarks",
            dependencies: [
                .product(name: "SessionCore", package: "cloakroom"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/SessionCoreBenchmarks",
            swiftSettings: [
                .enableExperimentalFeature("Lifetimes"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ],
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        )
    ]
)
