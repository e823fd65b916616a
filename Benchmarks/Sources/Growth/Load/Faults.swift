import ZaichikProtocol

/// Errors in what a reader got: wrong messages and missing ones.
struct Faults: Sendable {
    var lost = 0
    var twice = 0
    var disordered = 0

    var sum: Int { lost + twice + disordered }

    mutating func add(_ other: Faults) {
        lost += other.lost
        twice += other.twice
        disordered += other.disordered
    }
}

/// Follows what one reader gets: each publisher's messages, which are numbered from 0, must come complete, once and in
/// order; and so must each topic's sequences.
struct DeliveryLedger: Sendable {
    /// Per publisher: the number that comes next.
    private var next: [UInt64]
    /// By topic id: the sequence that comes next.
    private var sequences: [UInt64]
    private(set) var faults = Faults()
    /// Of all topics and sequences, in the order in which they came: readers of the same topics must have the same.
    private(set) var order: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The publisher stands in the upper 16 bits of a message's number.
    static let publisherShift: UInt64 = 48

    /// - Parameter topics: The largest topic id.
    init(publishers: Int, topics: Int) {
        next = Array(repeating: 0, count: publishers)
        sequences = Array(repeating: 1, count: topics + 1)
    }

    mutating func take(_ frame: UnsafeRawBufferPointer) {
        let topic = Int(
            UInt32(littleEndian: frame.loadUnaligned(fromByteOffset: MessageLayout.topicOffset, as: UInt32.self)))
        let sequence = UInt64(
            littleEndian: frame.loadUnaligned(fromByteOffset: MessageLayout.sequenceOffset, as: UInt64.self))
        let mark = UInt64(littleEndian: frame.loadUnaligned(fromByteOffset: MessageLayout.keyOffset, as: UInt64.self))
        let publisher = Int(mark >> Self.publisherShift)
        judge(mark & (1 << Self.publisherShift - 1), publisher)
        // An error in a sequence is an error in a number too, unless the broker counted wrongly.
        if sequence != sequences[topic] { faults.disordered += 1 }
        sequences[topic] = sequence + 1
        order = (order ^ (UInt64(topic) << 48 | sequence)) &* 0x100_0000_01B3
    }

    private mutating func judge(_ number: UInt64, _ publisher: Int) {
        guard number >= next[publisher] else {
            faults.twice += 1
            return
        }
        faults.lost += Int(number - next[publisher])
        next[publisher] = number + 1
    }

    /// Counts the messages still missing when all should have come.
    mutating func end(count: UInt64) {
        for publisher in next where publisher < count { faults.lost += Int(count - publisher) }
    }
}
