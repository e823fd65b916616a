// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// Release builds of the data path do without the dynamic exclusivity checks: they cost 15 to 38 % of its
/// processor time, measured with a relay on NIO, and debug builds, in which every test runs, keep them.
let hot: [SwiftSetting] =
    strict + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioLocks: Target.Dependency = .product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let collections: [Target.Dependency] = [
    .product(name: "DequeModule", package: "swift-collections"),
    .product(name: "HeapModule", package: "swift-collections"),
]

/// One idea each; `swift run example-echo` and so on.
func example(_ name: String, _ folder: String) -> Target {
    .executableTarget(
        name: name, dependencies: ["ExampleSupport", "ZaichikClient", "ZaichikProtocol"],
        path: "Examples/\(folder)", swiftSettings: strict)
}

let package = Package(
    name: "zaichik",
    products: [
        .library(name: "ZaichikProtocol", targets: ["ZaichikProtocol"]),
        .library(name: "ZaichikBroker", targets: ["ZaichikBroker"]),
        .library(name: "ZaichikClient", targets: ["ZaichikClient"]),
        .executable(name: "zaichik", targets: ["Zaichik"]),
        .executable(name: "zaichik-tui", targets: ["ZaichikTUI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .target(name: "ZaichikProtocol", dependencies: [nioCore], path: "Sources/Protocol", swiftSettings: hot),
        .target(
            name: "ZaichikBroker",
            dependencies: [
                "ZaichikProtocol", nioCore, nioPosix, .product(name: "Logging", package: "swift-log"),
            ] + collections,
            path: "Sources/Broker", swiftSettings: hot),
        .target(
            name: "ZaichikClient",
            dependencies: [
                "ZaichikProtocol", nioCore, nioPosix, nioLocks,
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            path: "Sources/Client", swiftSettings: strict),
        .target(name: "ZaichikSystem", path: "Sources/System", swiftSettings: strict),
        .target(
            name: "ZaichikWords", dependencies: ["ZaichikProtocol"], path: "Sources/Words", swiftSettings: strict),
        .testTarget(
            name: "WordsTests", dependencies: ["ZaichikWords", "ZaichikProtocol", "CNcurses"], swiftSettings: strict),
        .target(
            name: "CNcurses",
            path: "Sources/CNcurses",
            linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        .executableTarget(
            name: "ZaichikTUI",
            dependencies: [
                "ZaichikClient", "ZaichikProtocol", "ZaichikSystem", "ZaichikWords", "CNcurses", nioCore, arguments,
                .product(name: "Yams", package: "Yams"),
            ] + collections,
            path: "Sources/ZaichikTUI", swiftSettings: strict),
        .testTarget(
            name: "ZaichikTUITests", dependencies: ["ZaichikTUI", "ZaichikProtocol", "ZaichikWords"],
            exclude: ["Screens"], swiftSettings: strict),
        .target(name: "ProgramSupport", path: "Tests/ProgramSupport", swiftSettings: strict),
        .testTarget(
            name: "TerminalTests", dependencies: ["ProgramSupport", "ZaichikTUI", "Zaichik"], swiftSettings: strict),
        .executableTarget(
            name: "Zaichik",
            dependencies: [
                "ZaichikBroker", "ZaichikClient", "ZaichikProtocol", "ZaichikSystem", "ZaichikWords", nioCore, nioPosix,
                arguments,
                .product(name: "Logging", package: "swift-log"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Yams", package: "Yams"),
            ],
            path: "Sources/Zaichik", swiftSettings: strict),
        .testTarget(
            name: "BrokerTests",
            dependencies: [
                "TestSupport", "ZaichikBroker", "ZaichikProtocol", nioCore, nioEmbedded,
                .product(name: "Logging", package: "swift-log"),
            ] + collections,
            swiftSettings: strict),
        .testTarget(
            name: "ProtocolTests", dependencies: ["ZaichikProtocol", nioCore], swiftSettings: strict),
        .target(
            name: "ExampleSupport",
            dependencies: ["ZaichikBroker", "ZaichikClient", .product(name: "Logging", package: "swift-log")],
            path: "Examples/Support", swiftSettings: strict),
        example("example-echo", "Echo"),
        example("example-two-clients", "TwoClients"),
        example("example-retention", "Retention"),
        example("example-deduplication", "Deduplication"),
        example("example-work-queue", "WorkQueue"),
        example("example-transaction", "Transaction"),
        example("example-coming-back", "ComingBack"),
        .testTarget(
            name: "ClientTests",
            dependencies: [
                "ZaichikClient", "ZaichikBroker", "ZaichikProtocol", nioCore, nioPosix, nioLocks,
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "ProgramSupport", "TestSupport", "Zaichik", "ZaichikBroker", "ZaichikClient", "ZaichikProtocol",
                "ZaichikWords", nioCore, nioPosix,
                arguments,
                "example-echo",
                "example-two-clients", "example-retention", "example-deduplication", "example-work-queue",
                "example-transaction", "example-coming-back",
            ],
            swiftSettings: strict),
        .target(
            name: "TestSupport",
            dependencies: [
                "ZaichikBroker", "ZaichikProtocol", nioCore, nioLocks, .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "TestSupport", "ZaichikBroker", "ZaichikProtocol", nioCore,
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: strict),
    ]
)
