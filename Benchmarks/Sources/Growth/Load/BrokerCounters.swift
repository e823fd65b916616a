import NIOCore
import ZaichikProtocol

/// What the broker counts of itself, as the statistics frames have it.
struct BrokerCounters {
    let peer: Peer

    init(port: Int) throws { peer = try Peer(port: port) }

    /// How often a loop had to be woken by another. **The place for the broker's own counters**: a figure of this name
    /// in the table of broker figures is read as soon as there is one.
    private static let wakeUpsName = "loop_wakeups"

    /// Nothing, if the broker does not count them.
    func wakeUps() throws -> UInt64? { try figure(Self.wakeUpsName) }

    /// The figure with a name; nothing, if the table has none.
    func figure(_ name: String) throws -> UInt64? {
        guard let figure = BrokerFigure.allCases.first(where: { $0.name == name }) else { return nil }
        return try peer.statistics()[figure]
    }
}
