import Logging
import ZaichikBroker

/// Everything that a broker's configuration decides.
struct ServeSettings: Sendable {
    var broker = BrokerConfiguration()
    var logLevel = Logger.Level.notice
    var logFormat = LogFormat.text
    /// nil: standard error.
    var logFile: String?
}
