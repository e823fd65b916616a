import DequeModule
import ZaichikProtocol

// What becomes of traced messages. Nothing of this is reached by others: a segment knows whether it has some, and a queue
// whether it has been given some.
extension ClientQueue {
    /// Notes the traced messages of a run that was delivered.
    ///
    /// - Parameter isDone: Whether they are done as soon as they are delivered.
    @inline(never)
    mutating func traceDelivery(
        _ taken: TakenRun, of topic: Topic, attempt: UInt32 = 1, isDone: Bool, to attachment: Attachment
    ) {
        let sequences = taken.segment.tracedSequences(in: taken.offsets)
        guard !sequences.isEmpty, let traces = traces(for: attachment) else { return }
        for sequence in sequences {
            traces.delivered(
                QueueTraces.Traced(topic: topic, sequence: sequence), attempt: attempt, to: attachment.serial)
            if isDone { traceDone(topic.id, sequence...sequence) }
        }
    }

    /// Notes the traced messages of the last run of a turn.
    @inline(never)
    mutating func traceDelivery(_ output: QueueOutput?, isDone: Bool, to attachment: Attachment) {
        guard case .run(let topic, let taken) = output else { return }
        traceDelivery(taken, of: topic, isDone: isDone, to: attachment)
    }

    private mutating func traces(for attachment: Attachment) -> QueueTraces? {
        if let traces { return traces }
        traces = attachment.traceDesk.map { QueueTraces(reader: reader, desk: $0) }
        return traces
    }

    /// Notes that messages are done.
    @inline(never)
    func traceDone(_ topicID: UInt32, _ sequences: ClosedRange<UInt64>, as kind: TraceKind = .committed) {
        traces?.tell(sequences, ofTopic: topicID, isDone: true) { QueueTraces.News(message: $0, kind: kind) }
    }

    /// Notes what has happened to a run that was in flight; it is not done.
    @inline(never)
    func trace(
        _ kind: TraceKind, _ run: InFlight.Run, of topic: Topic, reason: String = "", due: UInt64 = 0
    ) {
        traces?.tell(run.sequences, ofTopic: topic.id, isDone: false) {
            QueueTraces.News(message: $0, kind: kind, attempt: run.attempt, reason: reason, due: due)
        }
    }

    /// Notes that deliveries of an attachment begin anew to be in flight.
    @inline(never)
    func traceTouch(_ numbers: [ClosedRange<UInt64>], of attachment: Attachment) {
        for run in attachment.inFlight.runs {
            guard let topic = cursors[Int(run.slot)]?.topic else { continue }
            for range in numbers where range.overlaps(run.numbers) {
                let touched = range.clamped(to: run.numbers)
                let first = run.firstSequence + (touched.lowerBound - run.number)
                traces?.tell(
                    first...first + touched.numbers - 1, ofTopic: topic.id, isDone: false
                ) { QueueTraces.News(message: $0, kind: .touched, attempt: run.attempt) }
            }
        }
    }

    /// Notes that the queue will not get traced messages: they are lost, or passed over.
    @inline(never)
    mutating func traceWithout(
        _ kind: TraceKind, _ sequences: [UInt64], of topic: Topic, reason: String, _ attachment: Attachment
    ) {
        guard !sequences.isEmpty, let traces = traces(for: attachment) else { return }
        for sequence in sequences {
            traces.gone(
                QueueTraces.News(
                    message: QueueTraces.Traced(topic: topic, sequence: sequence), kind: kind, reason: reason))
        }
    }

    /// What has happened to traced messages in this step.
    mutating func takeTraceNews() -> [QueueTraces.News] {
        guard let traces else { return [] }
        let news = traces.take()
        if traces.isDone { self.traces = nil }
        return news
    }
}

extension WithheldReason {
    /// As a trace tells it.
    var traceText: String {
        switch self {
        case .duplicate: "duplicate"
        case .outlived: "expired"
        case .superseded: "superseded"
        case .purged: "purged"
        }
    }
}
