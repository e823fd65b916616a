import ZaichikProtocol

/// The broker, as far as this program knows it.
struct BrokerState: Equatable {
    var address: String
    /// It was started by this program, and ends with it.
    var isDemo = false
    var connection = Connection.connecting(attempt: 1)
    /// The session that this program is attached to; nil if its queue ends with its connection.
    var session: String?
    /// Of the broker that was connected last; nil if there was none, or it does not know of incarnations.
    var incarnation: UInt64?
    var roundTrip: Duration?
    /// It holds this program's publishes back.
    var isBlocked = false
    var figures: BrokerStatistics?
    /// When the figures were taken, by the broker's clock; 0 if there are none.
    var time: Moment = 0
    var freshness = Freshness()
}
