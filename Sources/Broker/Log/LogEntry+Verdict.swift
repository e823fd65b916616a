import Logging
import ZaichikProtocol

// Verdicts as events: with all that ``ClientFigure`` and ``EvidenceField`` name and the sentences about them are made of.
extension LogEntry {
    /// The figures that the sentences need, besides the evidence.
    private static let verdictFigures: [ClientFigure] = [
        .lagMessages, .pendingMessages, .inFlightMessages, .returnedMessages, .window, .publishRate, .commitRate,
        .lostRate, .lastCommitAge, .gapMessages,
    ]

    /// The state of a client or session has changed, and has lasted.
    ///
    /// - Parameters:
    ///   - tally: That of its last look.
    ///   - queue: Who has the queue.
    init(
        _ change: VerdictWatch.Change, _ client: any ObservedClient, _ tally: QueueTally, of queue: Logger.Metadata,
        now: UInt64
    ) {
        var metadata = queue
        metadata["from"] = "\(change.from)"
        metadata["verdict"] = "\(change.to)"
        let snapshot = client.snapshot(tally)
        for figure in Self.verdictFigures { metadata[figure.name] = "\(snapshot.figure(figure, now: now))" }
        metadata["evidence"] = .dictionary(client.evidence(for: change.to, tally, now: now).metadata)
        if let pause = client.pause { metadata.merge(pause.metadata) { $1 } }
        self.init(.verdictChanged, metadata)
    }
}

extension Evidence {
    /// What is known, under its names.
    fileprivate var metadata: Logger.Metadata {
        named.reduce(into: [:]) { metadata, field in
            switch field.value {
            case .number(let number): metadata[field.name] = "\(number)"
            case .text(let text): metadata[field.name] = .quoted(text)
            }
        }
    }
}

extension OperatorPause {
    fileprivate var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [
            "paused_by": .quoted(by), "paused_reason": .quoted(reason), "paused_since_us": "\(since)",
        ]
        if until > 0 { metadata["paused_until_us"] = "\(until)" }
        return metadata
    }
}
