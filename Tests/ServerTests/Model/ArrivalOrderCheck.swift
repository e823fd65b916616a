/// One order of arrival must explain all that was seen: the sequences of every topic, the order in which each connection
/// published, and the order in which each queue got its messages, over all topics.
struct ArrivalOrderCheck {
    struct Message: Hashable, CustomStringConvertible {
        var topic: Int
        var sequence: UInt64

        var description: String { "\(topic):\(sequence)" }
    }

    private var after: [Message: Set<Message>] = [:]

    /// Notes that these arrived in this order.
    mutating func add(_ messages: [Message]) {
        for (earlier, later) in zip(messages, messages.dropFirst()) { after[earlier, default: []].insert(later) }
    }

    init(_ world: ModelWorld) {
        for (index, topic) in world.topics.enumerated() where topic.head > 0 {
            add((1...topic.head).map { Message(topic: index, sequence: $0) })
        }
        var published: [Int: [(number: Int, message: Message)]] = [:]
        for (index, topic) in world.topics.enumerated() {
            for (offset, name) in topic.messages.enumerated() {
                guard let name else { continue }
                let message = Message(topic: index, sequence: UInt64(offset + 1))
                published[name.connection, default: []].append((name.number, message))
            }
        }
        for messages in published.values { add(messages.sorted { $0.number < $1.number }.map(\.message)) }
        for stretch in world.stretches { add(stretch) }
    }

    /// - Throws: If no order explains everything.
    func check() throws {
        var waitsFor: [Message: Int] = [:]
        for (message, later) in after {
            waitsFor[message, default: 0] += 0
            for next in later { waitsFor[next, default: 0] += 1 }
        }
        var free = waitsFor.filter { $0.value == 0 }.map(\.key)
        while let message = free.popLast() {
            waitsFor[message] = nil
            for next in after[message] ?? [] {
                waitsFor[next]! -= 1
                if waitsFor[next] == 0 { free.append(next) }
            }
        }
        guard waitsFor.isEmpty else {
            throw ModelFailure(
                rule: "one order of arrival explains what everybody saw",
                detail: "none does for \(cycle(in: Set(waitsFor.keys)).map(\.description).joined(separator: " < "))")
        }
    }

    /// A circle among messages each of which waits for another.
    private func cycle(in messages: Set<Message>) -> [Message] {
        var before: [Message: Message] = [:]
        for (message, later) in after where messages.contains(message) {
            for next in later where messages.contains(next) { before[next] = message }
        }
        var path: [Message] = []
        var message = messages.first!
        while !path.contains(message) {
            path.append(message)
            message = before[message]!
        }
        let circle = path[path.firstIndex(of: message)!...]
        return circle.reversed() + [circle.last!]
    }
}
