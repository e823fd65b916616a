import ArgumentParser

/// The options that all checks have.
struct CheckOptions: ParsableArguments {
    @Flag(help: "Print JSON.")
    var json = false

    @Option(
        name: [.customShort("W"), .customLong("wait")],
        help: ArgumentHelp(
            "Say UNKNOWN after this time, such as 500ms or 5s; a bare number is seconds. Default: 10s.",
            valueName: "time"), transform: TimeSpan.patience)
    var patience = TimeSpan(milliseconds: 10_000)

    @OptionGroup var connection: ConnectOptions
}

/// The options of checks of clients.
struct CheckedClients: ParsableArguments {
    @Option(
        name: .customLong("client"),
        help: ArgumentHelp(
            "Only the clients and sessions of this name, of which there must be one. May be given several times.",
            valueName: "name"), completion: .clients)
    var names: [String] = []
}

extension CheckLimits {
    /// - Parameter text: How a limit is written.
    /// - Throws: If there is no limit, or the first one is above the second.
    static func checked(warn: UInt64?, crit: UInt64?, _ text: (UInt64) -> String) throws -> CheckLimits {
        guard warn != nil || crit != nil else {
            throw ValidationError("give --warn, --crit or both: without a limit everything is OK.")
        }
        if let warn, let crit, warn > crit {
            throw ValidationError("--warn \(text(warn)) is above --crit \(text(crit)), and so would never be said.")
        }
        return CheckLimits(warn: warn, crit: crit)
    }
}
