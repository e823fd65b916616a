import ZaichikProtocol

/// One publish, and what became of it.
struct PublishModel {
    var topic: Int
    var key: Int?
    var wantsReceipt: Bool
    var wantsConfirm: Bool
    /// The round in which it was sent.
    var round: Int
    var outcome = Outcome.open

    enum Outcome: Equatable {
        /// Not answered yet.
        case open
        case accepted
        case duplicate
        case rejected
        /// Its connection went without waiting for the answer.
        case unknown
    }
}

/// All that the connections of one history have in common.
final class ModelWorld {
    var topics: [TopicModel]
    var publishes: [PublishName: PublishModel] = [:]
    /// Deliveries of one queue that must be in the order of arrival.
    var stretches: [[ArrivalOrderCheck.Message]] = []
    var round = 0
    /// Connections that went while publishes of theirs may have waited: to the broker that may look like a half-close.
    var lingering = 0
    /// Classic clients, of whose queues less is known.
    var classics = 0
    /// Topics that have come to be in this round.
    var created = Set<Int>()

    init(_ history: History, prefix: String) {
        topics = history.topics.map { TopicModel(plan: $0, prefix: prefix) }
    }

    func topic(id: UInt32) throws -> Int {
        guard let index = topics.firstIndex(where: { $0.id == id }) else {
            throw ModelFailure(rule: "a topic's id was told", detail: "\(id) was not")
        }
        return index
    }

    func key(of sequence: UInt64, in topic: Int) -> Int? {
        topics[topic].message(sequence).flatMap { publishes[$0]?.key }
    }

    /// Where messages are that somebody has seen the sequence of.
    var places: [PublishName: ArrivalOrderCheck.Message] {
        var places: [PublishName: ArrivalOrderCheck.Message] = [:]
        for (index, topic) in topics.enumerated() {
            for (offset, name) in topic.messages.enumerated() {
                guard let name else { continue }
                places[name] = ArrivalOrderCheck.Message(topic: index, sequence: UInt64(offset + 1))
            }
        }
        return places
    }

    /// A payload that names the publish and fills the topic's frames.
    func payload(of name: PublishName, topic: Int, keySize: Int) -> String {
        let text = "\(name)"
        let room = topics[topic].plan.frameSize - MessageLayout.keyOffset - keySize
        return text + String(repeating: " ", count: room - text.utf8.count)
    }

    /// Notes the answer to a publish.
    func answer(_ name: PublishName, _ outcome: PublishModel.Outcome) throws {
        guard let publish = publishes[name] else {
            throw ModelFailure(rule: "answers are to publishes that were made", detail: "\(name) was not")
        }
        guard publish.outcome == .open else {
            throw ModelFailure(
                rule: "a publish has one answer", detail: "\(name) is \(publish.outcome) and \(outcome)")
        }
        publishes[name]!.outcome = outcome
        switch outcome {
        case .open, .accepted: break
        case .duplicate: topics[publish.topic].duplicates += 1
        case .rejected:
            topics[publish.topic].rejected += 1
            topics[publish.topic].refusedInRound += 1
        case .unknown: topics[publish.topic].unknown += 1
        }
    }

    /// How many publishes to a topic were accepted, and how many may have been.
    func accepted(in topic: Int) -> ClosedRange<UInt64> {
        let all = publishes.values.filter { $0.topic == topic }
        let certain = all.count { $0.outcome == .accepted }
        let possible = all.count { $0.outcome == .open || $0.outcome == .unknown }
        return UInt64(certain)...UInt64(certain + possible)
    }

    /// Whether a message may be withheld from a queue that got equal keys.
    ///
    /// - Parameter keys: Sequences of what the queue got, by key.
    func mayWithhold(_ sequence: UInt64, in topic: Int, keys: [Int: [UInt64]]) -> Bool {
        let settings = topics[topic].settings
        guard settings.deduplicationWindow > 0, settings.deduplicationScope == .consumer else { return false }
        // A connection that went without waiting left messages that nobody can tell the key of.
        guard topics[topic].message(sequence) != nil else { return topics[topic].unknown > 0 }
        guard let key = key(of: sequence, in: topic), let earlier = keys[key] else { return false }
        let time = topics[topic].time(of: sequence)
        return earlier.contains { first in
            first == sequence
                || (first < sequence
                    && time - topics[topic].time(of: first) < settings.deduplicationWindow * 1000)
        }
    }
}
