import ZaichikProtocol

/// The capabilities that this broker announces in WELCOME. ``Capability`` has all names there are.
enum Abilities {
    static let announced: [Capability] = [
        .incarnations, .windowBytes, .inspectTopic, .signsOfLife, .refusals, .sessions, .settle, .transactions,
        .producers,
        .seek, .lastStarts, .subscribeOptions, .deleteTopic, .messageTimes, .inspectMessage, .acts, .peek,
        .closedClients, .history, .lagShares, .verdicts, .events, .trace,
    ]
    static let names = announced.map(\.name)
}
