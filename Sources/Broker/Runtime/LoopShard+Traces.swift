import Logging
import ZaichikProtocol

// The steps of traced messages on a loop.
extension LoopShard {
    /// Tells that messages were accepted, and which queues have them: those of this loop now, others by their loops.
    func tellAccepted(_ messages: [TracedPublish], in topic: Topic) {
        for message in messages {
            var data: [(String, ReportValue)] = [
                ("client", .number(message.publisher.connectionID)), ("name", .text(message.publisher.clientName)),
            ]
            if !message.publisher.producerName.isEmpty {
                data.append(("producer", .text(message.publisher.producerName)))
            }
            data += [("bytes", .number(UInt64(message.bytes))), ("queues", .number(UInt64(message.count)))]
            trace(.accepted, message.sequence, of: topic, data)
            for other in core.shards {
                let queues = message.queues.filter { Int($0.reader.shard) == other.index }
                guard !queues.isEmpty else { continue }
                let time = now
                if other === self {
                    tellQueued(queues, message.sequence, of: topic, time: time)
                } else {
                    other.onLoop { $0.tellQueued(queues, message.sequence, of: topic, time: time) }
                }
            }
        }
    }

    private func tellQueued(_ queues: [TracedPublish.Queue], _ sequence: UInt64, of topic: Topic, time: UInt64) {
        for queue in queues {
            let data = traceData(of: queue.reader) + [("place", .number(queue.place))]
            core.reports.trace(
                TraceStep(.queued, time: time, topic: topic.name.string, sequence: sequence, data))
        }
    }

    /// Tells a step of a publish that has no sequence, or has one already.
    func trace(_ kind: TraceKind, _ sequence: UInt64, of topic: Topic, _ data: [(String, ReportValue)]) {
        core.reports.trace(TraceStep(kind, time: now, topic: topic.name.string, sequence: sequence, data))
    }

    /// Tells what has happened to traced messages in this step.
    func tellTraces() {
        for handle in traceDesk.take() {
            guard case .reader(let reader)? = readers[handle] else { continue }
            tellTraces(of: reader)
        }
    }

    private func tellTraces(of reader: Reader) {
        let news = reader.queue.takeTraceNews()
        guard !news.isEmpty else { return }
        let queue = traceData(of: reader.handle)
        for step in news {
            var data = queue
            if step.attachment > 0, reader.keeper != nil,
                let connection = reader.owners.first(where: { $0.attachment.serial == step.attachment }) as? Connection
            {
                data += [("client", .number(connection.id)), ("name", .text(connection.identity.name))]
            }
            if step.attempt > 0 { data.append(("attempt", .number(UInt64(step.attempt)))) }
            if !step.reason.isEmpty { data.append(("reason", .text(step.reason))) }
            if step.due > now { data.append(("again_at", .number(step.due))) }
            trace(step.kind, step.message.sequence, of: step.message.topic, data)
        }
    }

    /// A queue ends: what it has in flight goes nowhere else.
    func endTraces(of reader: Reader) {
        guard let traces = reader.queue.traces else { return }
        traces.end()
        tellTraces(of: reader)
    }

    /// Whose queue it is.
    private func traceData(of handle: ReaderHandle) -> [(String, ReportValue)] {
        switch readers[handle] {
        case nil: return []
        case .folded(let session): return [("session", .text(session.name.string))]
        case .reader(let reader):
            if let session = reader.keeper as? Session { return [("session", .text(session.name.string))] }
            guard let connection = reader.owner as? Connection else { return [] }
            return [("client", .number(connection.id)), ("name", .text(connection.identity.name))]
        }
    }
}
