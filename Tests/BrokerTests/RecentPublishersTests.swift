import Testing

@testable import ZaichikBroker

@Suite("The publishers that a topic remembers")
struct RecentPublishersTests {
    private let all = (0..<50).map { Publisher.test(seat: $0) }

    /// Publishes one message after the other, each a second after the one before.
    private func run(_ seats: [UInt32]) -> (publishers: RecentPublishers, charged: Int, sequence: UInt64) {
        var publishers = RecentPublishers()
        var charged = 0
        var sequence: UInt64 = 0
        for seat in seats {
            charged += publishers.note(all[Int(seat)], after: sequence, time: sequence)
            sequence += 1
        }
        return (publishers, charged, sequence)
    }

    private func list(_ seats: [UInt32]) -> [RecentPublishers.Entry] {
        let (publishers, _, sequence) = run(seats)
        return publishers.list(upTo: sequence, time: sequence)
    }

    @Test("nobody has published to a new topic")
    func none() { #expect(list([]).isEmpty) }

    @Test("each message is counted for the one that published it, the latest first")
    func counts() {
        let list = list([1, 1, 2, 1, 3, 3, 3])
        #expect(list.map(\.publisher.handle.seat) == [3, 1, 2])
        #expect(list.map(\.messages) == [3, 3, 1])
        #expect(list.map(\.last) == [7, 4, 3])
    }

    @Test("of many publishers the latest are remembered, and one that returns begins at nothing")
    func many() {
        let list = list(Array(0..<20) + [0])
        #expect(list.map(\.publisher.handle.seat) == [0] + (12..<20).reversed())
        #expect(list.allSatisfy { $0.messages == 1 })
        #expect(list.count == RecentPublishers.most + 1)
    }

    @Test("memory is charged once, and none for a single publisher")
    func memory() {
        #expect(run([1, 1, 1]).charged == 0)
        let (publishers, charged, _) = run((0..<50).map { $0 % 13 })
        #expect(charged == publishers.memory && charged > 0)
    }
}
