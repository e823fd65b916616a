import Logging
import ZaichikProtocol

// What a loop tells in the broker's own topics.
extension LoopShard {
    /// Appends reports that wait, whoever has made them: outside of all other locks, some in each step.
    func appendReports() {
        if traceDesk.hasNews { tellTraces() }
        guard core.reports.areWaiting else { return }
        core.reports.append(now: now, stamp: { stamp() }, wakes: &wakes)
    }

    /// Who has a queue, for every event about it.
    func metadata(of reader: Reader) -> Logger.Metadata {
        if let session = reader.keeper as? Session { return session.metadata }
        return (reader.owner as? Connection)?.metadata ?? [:]
    }

    /// Notes a gap that a queue was told.
    func noteGap(_ reason: GapReason, _ range: ClosedRange<UInt64>, of topic: Topic, _ reader: Reader) {
        gaps.note(reason, range, of: topic, reader: reader.handle) { metadata(of: reader) }
    }

    /// Tells the gaps of the last second.
    func tellGaps() {
        guard !gaps.isEmpty else { return }
        for entry in gaps.take() { core.log.tell(entry) }
    }

    /// Tells what a queue has parked in the last second.
    func tellParked(_ reader: Reader) {
        guard let news = reader.queue.work?.parkedNews.take() else { return }
        let metadata = metadata(of: reader)
        for stretch in news.stretches { core.log.tell(LogEntry(stretch, of: metadata)) }
        guard news.others > 0 else { return }
        core.log.tell(.messagesParked, metadata.merging(["messages": "\(news.others)"]) { $1 })
    }

    /// Tells that the state of a client or session has changed. Asked once a second, with the state and the lag of that
    /// second.
    ///
    /// It is no event if the queue reads events: one that loses events would make more of them, for ever.
    func verdictChanged(
        _ watch: inout VerdictWatch, _ state: ClientState, _ lag: QueueLag, of client: any ObservedClient,
        _ reader: Reader, _ queue: () -> Logger.Metadata
    ) {
        guard let change = watch.look(state) else { return }
        let readsEvents = reader.queue.cursors.slot(of: core.reports.events.topic.id) != nil
        core.log.tell(.verdictChanged, isEvent: !readsEvents) {
            LogEntry(change, client, reader.lastTally(lag), of: queue(), now: now)
        }
    }
}
