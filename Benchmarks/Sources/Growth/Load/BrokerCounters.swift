import NIOCore
import ZaichikProtocol

/// The broker's counters, from its statistics frames.
struct BrokerCounters {
    let peer: Peer

    init(port: Int) throws { peer = try Peer(port: port) }

    /// How often a loop had to be woken by another. **The place for the broker's own counters**: a figure of this name
    /// in the table of broker figures is read as soon as there is one.
    private static let wakeUpsName = "loop_wakeups"

    /// nil if the broker does not count them.
    func wakeUps() throws -> UInt64? { try figure(Self.wakeUpsName) }

    /// The figure with a name; nil if the table has none.
    func figure(_ name: String) throws -> UInt64? {
        guard let figure = BrokerFigure.allCases.first(where: { $0.name == name }) else { return nil }
        return try peer.statistics()[figure]
    }
}
