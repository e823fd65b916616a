/// One way in which a client can burden the others.
struct NeighbourScene: Sendable {
    /// The actions of the offender, beside which the pair is measured.
    ///
    /// - Returns: The outcome, in a few words.
    typealias Act = @Sendable () throws -> String

    let name: String
    /// How many connections the broker takes; 0: as many as it chooses.
    var maximumConnections = 0
    /// Has everything ready.
    let prepare: @Sendable (Stage) throws -> Act

    static let all = pings + lists + filters + watches + subscriptions + publishing + logs + connections + acts
}
