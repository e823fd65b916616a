import Logging
import ZaichikProtocol

/// The gaps that the queues of a loop were told, gathered for a second: for each queue, topic and reason one event.
struct GapNews {
    private struct Place: Hashable {
        let reader: ReaderHandle
        let topicID: UInt32
        let reason: GapReason
    }

    private struct Gap {
        let topic: Topic
        /// Who has the queue.
        let metadata: Logger.Metadata
        var first: UInt64
        var last: UInt64
        var messages: UInt64 = 0
    }

    private var gaps: [Place: Gap] = [:]
    /// What further queues have lost, by reason.
    private var others: [GapReason: (gaps: UInt64, messages: UInt64)] = [:]

    /// The most places that are told one by one in a second.
    static let most = 64

    var isEmpty: Bool { gaps.isEmpty && others.isEmpty }

    /// - Parameter metadata: Who has the queue, asked once a second.
    mutating func note(
        _ reason: GapReason, _ range: ClosedRange<UInt64>, of topic: Topic, reader: ReaderHandle,
        _ metadata: () -> Logger.Metadata
    ) {
        // A subscriber of events that loses some would make more of them, for ever.
        guard !topic.isReserved else { return }
        let place = Place(reader: reader, topicID: topic.id, reason: reason)
        if gaps[place] == nil {
            guard gaps.count < Self.most else {
                others[reason, default: (0, 0)].gaps += 1
                others[reason]!.messages += range.numbers
                return
            }
            gaps[place] = Gap(topic: topic, metadata: metadata(), first: range.lowerBound, last: range.upperBound)
        }
        gaps[place]!.first = min(gaps[place]!.first, range.lowerBound)
        gaps[place]!.last = max(gaps[place]!.last, range.upperBound)
        gaps[place]!.messages += range.numbers
    }

    /// What was gathered; nothing is left.
    mutating func take() -> [LogEntry] {
        defer { self = GapNews() }
        let single = gaps.map { place, gap in
            LogEntry(
                .gap,
                gap.metadata.merging([
                    "topic": .quoted(gap.topic.name.string), "cause": "\(place.reason)", "messages": "\(gap.messages)",
                    "first": "\(gap.first)", "last": "\(gap.last)",
                ]) { $1 })
        }
        let others = others.map { reason, lost in
            LogEntry(.gap, ["cause": "\(reason)", "messages": "\(lost.messages)", "other_gaps": "\(lost.gaps)"])
        }
        return single + others
    }
}
