import ZaichikProtocol

/// Why a connection ends: the first reason there was.
enum Departure: Equatable {
    /// The client sent CLOSE.
    case closed
    /// The client ended its half of the stream.
    case inputClosed
    case brokerStops
    /// The broker ended it, for a reason of its own.
    case ended(ErrorCode, String)
    /// It ended because of what it sent.
    case failed(String)
    /// It took nothing of what it was owed for too long.
    case stuck
    /// The socket failed.
    case lost(String)

    /// For people.
    var reason: String {
        switch self {
        case .closed: "it sent CLOSE"
        case .inputClosed: "it ended its half of the stream"
        case .brokerStops: ConnectionLife.stopping
        case .ended(let code, let reason): "\(code.name): \(reason)"
        case .failed(let reason): reason
        case .stuck: "it took nothing of what it was owed for \(EndingProgress.patience / 1_000_000) s"
        case .lost(let reason): reason
        }
    }

    /// Whether the broker ended the connection, for a reason that has to do with this client.
    var isOfBroker: Bool {
        switch self {
        case .ended, .stuck: true
        case .closed, .inputClosed, .brokerStops, .failed, .lost: false
        }
    }

    /// For a connection that is gone without one of the others.
    static let vanished = Departure.lost("it vanished without CLOSE")
}
