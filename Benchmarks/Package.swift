// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "zaichik-benchmarks",
    products: [.executable(name: "Counts", targets: ["ZaichikCounts"])],
    dependencies: [
        .package(name: "zaichik", path: ".."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .executableTarget(
            name: "Growth",
            dependencies: [
                .product(name: "ZaichikBroker", package: "zaichik"),
                .product(name: "ZaichikProtocol", package: "zaichik"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "Kills",
            dependencies: [
                .product(name: "ZaichikBroker", package: "zaichik"),
                .product(name: "ZaichikClient", package: "zaichik"),
                .product(name: "ZaichikProtocol", package: "zaichik"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        // Named so that it is linked behind NIO and the broker: of a specialised function that several modules have, the
        // linker takes the first, which has to be theirs.
        .executableTarget(
            name: "ZaichikCounts",
            dependencies: [
                .product(name: "ZaichikBroker", package: "zaichik"),
                .product(name: "ZaichikProtocol", package: "zaichik"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                "CCallgrind",
            ],
            path: "Sources/Counts",
            // As the broker's release builds are built.
            swiftSettings: strict + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))],
            // Valgrind before 3.20 gives up at the compiler's debug information.
            linkerSettings: [.unsafeFlags(["-Xlinker", "--strip-debug"])]),
        .target(name: "CCallgrind"),
    ]
)
