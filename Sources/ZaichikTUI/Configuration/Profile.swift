import ZaichikClient
import ZaichikProtocol

/// A broker that the configuration names, and how this program behaves towards it.
struct Profile: Equatable, Sendable {
    var name = ""
    var address: BrokerAddress = .standard
    /// Of its name in the header, so that one broker is not taken for another.
    var color: ProfileColor?
    var isReadOnly = false
    /// What the lists of clients show.
    var clientName: String?
    var session: String?
    var window: UInt32?
    /// What is subscribed to at once.
    var subscriptions: [TopicPattern] = []

    /// For a person who chooses among several.
    var summary: String {
        "\(address)" + (isReadOnly ? ", read-only" : "") + (session.map { ", session \($0)" } ?? "")
    }
}

/// A colour that a profile's name may have.
enum ProfileColor: String, CaseIterable, Sendable {
    case red, green, yellow, blue, magenta, cyan

    /// Its number among the first colours of every palette.
    var number: UInt8 {
        switch self {
        case .red: 1
        case .green: 2
        case .yellow: 3
        case .blue: 4
        case .magenta: 5
        case .cyan: 6
        }
    }
}
