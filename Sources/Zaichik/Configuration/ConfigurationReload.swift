import FoundationEssentials
import Logging
import Synchronization
import ZaichikBroker

/// Reads the configuration anew at SIGHUP, and has the broker take what can change.
final class ConfigurationReload: Sendable {
    private struct State {
        var configuration: EffectiveConfiguration
        /// nil until the broker listens.
        var server: BrokerServer?
    }

    /// The file; nil if there is none.
    private let path: String?
    private let environment: [String: String]
    private let options: [EffectiveConfiguration.Given]
    private let writer: LogWriter
    private let logger: Logger
    private let state: Mutex<State>

    init(
        _ configuration: EffectiveConfiguration, path: String?, environment: [String: String],
        options: [EffectiveConfiguration.Given], _ writer: LogWriter, _ logger: Logger
    ) {
        self.path = path
        self.environment = environment
        self.options = options
        self.writer = writer
        self.logger = logger
        state = Mutex(State(configuration: configuration, server: nil))
    }

    /// From now on the broker takes what changes.
    func begin(_ server: BrokerServer) { state.withLock { $0.server = server } }

    /// Reads the file; if anything is wrong in it, nothing changes.
    func reload() {
        guard let path else { return }
        state.withLock { state in
            guard let server = state.server else { return }
            var problems: [ConfigurationProblem] = []
            let later: EffectiveConfiguration
            do {
                later = EffectiveConfiguration(
                    file: try ConfigurationFile(path: path), environment: environment, options: options,
                    problems: &problems)
            } catch {
                return logger.error("SIGHUP: nothing changes; \((error as? CommandFailure)?.message ?? "\(error)")")
            }
            guard problems.isEmpty else {
                for problem in problems { logger.error("SIGHUP: nothing changes; \(problem)") }
                return
            }
            let changes = state.configuration.adopt(later)
            let settings = state.configuration.settings
            server.adopt(settings.broker)
            // In the format and at the level that are read now.
            tell(changes, path)
            if changes.contains(where: { $0.key.path == "log.level" }) {
                writer.level = settings.logLevel
                server.setLogLevel(settings.logLevel)
            }
            writer.setFormat(settings.logFormat)
        }
    }

    private func tell(_ changes: [EffectiveConfiguration.Change], _ path: String) {
        let taken = changes.count { $0.key.isLive }
        for change in changes {
            let (key, old, new) = (change.key, change.key.kind.text(change.old), change.key.kind.text(change.new))
            let metadata: Logger.Metadata = ["entry": "\(key.path)", "from": "\(old)", "to": "\(new)"]
            if key.isLive {
                logger.notice("SIGHUP: the configuration changes", metadata: metadata)
            } else {
                logger.warning("SIGHUP: this cannot change while the broker serves; restart it", metadata: metadata)
            }
        }
        logger.notice("SIGHUP: the configuration is read anew", metadata: ["file": "\(path)", "changes": "\(taken)"])
    }
}
