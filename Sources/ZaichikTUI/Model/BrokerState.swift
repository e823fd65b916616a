import ZaichikProtocol

/// The broker, as far as this program knows it.
struct BrokerState: Equatable {
    var address: String
    /// It was started by this program, and ends with it.
    var isDemo = false
    var connection = Connection.connecting(attempt: 1)
    var roundTrip: Duration?
    /// It holds this program's publishes back.
    var isBlocked = false
    var figures: BrokerStatistics?
    var freshness = Freshness()
}
