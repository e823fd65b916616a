import Foundation

/// The programs that are built along with the tests.
public enum BuiltPrograms {
    /// Where the build put them: beside the bundle of tests.
    public static let directory: URL = {
        let arguments = CommandLine.arguments
        let bundle =
            arguments.firstIndex(of: "--test-bundle-path").map { arguments[$0 + 1] }
            ?? arguments.first { $0.hasSuffix(".xctest") } ?? arguments[0]
        return URL(filePath: bundle).deletingLastPathComponent()
    }()

    /// The environment of a program under test: that of the tests, without settings that are meant for them.
    public static let environment: [String: String] = ProcessInfo.processInfo.environment.filter {
        !$0.key.hasPrefix("ZAICHIK")
    }
}
