// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "zaichik-benchmarks",
    dependencies: [
        .package(name: "zaichik", path: ".."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .executableTarget(
            name: "SlowClient",
            dependencies: [
                .product(name: "ZaichikBroker", package: "zaichik"),
                .product(name: "ZaichikClient", package: "zaichik"),
                .product(name: "ZaichikProtocol", package: "zaichik"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: [
                .swiftLanguageMode(.v6), .treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ])
    ]
)
