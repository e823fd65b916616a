import ArgumentParser
import FoundationEssentials
import ZaichikBroker
import ZaichikClient
import ZaichikProtocol

// The configuration of the broker: the file, the environment and these options.
extension ServeCommand {
    /// The values that the options give.
    var given: [EffectiveConfiguration.Given] {
        var given: [EffectiveConfiguration.Given] = []
        func add(_ option: String, _ value: ConfigurationValue?) {
            if let value { given.append(.init(option: option, value: value)) }
        }
        add("listen", listen.isEmpty ? nil : .texts(listen))
        for (option, number) in [
            ("loops", loops), ("gather", gather), ("max-connections", maxConnections), ("max-topics", maxTopics),
            ("max-sessions", maxSessions), ("max-subscriptions", maxSubscriptions), ("max-producers", maxProducers),
        ] {
            add(option, number.map { .number(UInt64($0)) })
        }
        add("producer-time", producerTime.map { .number(UInt64($0).multiplied(by: 1000)) })
        add("unused-topics", unusedTopics.map { .number($0.milliseconds) })
        add("unused-history", unusedHistory.map { .number($0.milliseconds) })
        add("memory-limit", memoryLimit.map { .number($0.bytes) })
        add("max-frame", maxFrame.map { .number($0.bytes) })
        add("log-level", logLevel.map { .text($0.lowercased()) })
        add("log-format", logFormat.map { .text($0) })
        add("log-file", logFile.map { .text($0) })
        return given
    }

    /// Gathers the configuration.
    ///
    /// - Returns: nil if it was only to be checked or printed, which is done.
    /// - Throws: A ``CommandFailure`` with everything that is wrong.
    func configuration(_ environment: [String: String]) throws -> EffectiveConfiguration? {
        try checkTexts()
        var problems: [ConfigurationProblem] = []
        let file = try config.map { try ConfigurationFile(path: $0) }
        let configuration = EffectiveConfiguration(
            file: file, environment: environment, options: given, problems: &problems)
        guard problems.isEmpty else { throw problems.failure }
        guard checkConfig || printConfig else { return configuration }
        var output = StandardOutput()
        if printConfig {
            for line in ConfigurationText.effective(configuration) { output.line(line) }
        } else {
            output.line("\(config ?? "the configuration") is in order")
            for key in configuration.contested { output.line("\(key.path) is set by \(configuration.source(of: key))") }
        }
        try output.flush()
        return nil
    }

    /// Checks options that are texts, whose mistakes are wrong usage.
    private func checkTexts() throws {
        for text in listen {
            do {
                _ = try BrokerAddress(text)
            } catch {
                throw CommandFailure(ExitStatus.usage, "\(error)")
            }
        }
        for (option, text) in [("log-level", logLevel?.lowercased()), ("log-format", logFormat), ("log-file", logFile)]
        {
            guard let text, let key = ConfigurationKey.set(by: option) else { continue }
            do throws(ConfigurationMistake) {
                _ = try key.kind.read(text)
            } catch {
                throw CommandFailure(ExitStatus.usage, "'\(text)' (--\(option)) cannot be used; it is \(error.right)")
            }
        }
    }
}
