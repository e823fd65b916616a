/// Which connection has the messages of each key of a topic, in a queue that is shared by key.
///
/// While a message of a key is in flight, others of that key go to the same connection only. One that cannot is put aside,
/// and comes as soon as nothing of its key is in flight; until then, later ones of its key wait behind it.
final class KeyOwners {
    struct Message: Hashable {
        let slot: UInt32
        let sequence: UInt64
    }

    /// What is known of a message that is in flight, comes again, or was put aside.
    private struct Known {
        let key: UInt64
        /// Whether it is not in flight, and new messages of its key wait behind it.
        var isEarlier: Bool
    }

    private struct Use {
        /// The serial of the attachment that has what is in flight.
        var attachment: UInt16 = 0
        var inFlight = 0
        /// Messages behind which new ones wait: they were returned without a delay, or put aside.
        var earlier = 0
        /// Those of them that wait until nothing is in flight.
        var aside: [ReturnedRun] = []
    }

    private var uses: [UInt64: Use] = [:]
    private var known: [Message: Known] = [:]
    /// How many messages are put aside.
    private(set) var asideCount = 0
    /// What was put aside and may come now.
    private var freed: [ReturnedRun] = []
    private let seed = KeyFingerprint.Seed.random()

    /// How many messages may be put aside: the look-ahead behind keys that are busy.
    static let mostAside = 1024

    /// Whether nothing is known of any message.
    var isEmpty: Bool { known.isEmpty }
    var hasFreed: Bool { !freed.isEmpty }

    /// Hands out what was put aside and may come now.
    func takeFreed() -> [ReturnedRun] {
        defer { freed = [] }
        return freed
    }

    var isFull: Bool { asideCount >= Self.mostAside }

    /// What stands for a key in the topic of a slot; nil for a message without a key, which goes to anybody.
    func fingerprint(_ key: UnsafeRawBufferPointer?, slot: UInt32) -> UInt64? {
        key.map { KeyFingerprint($0, seed: seed).first &+ UInt64(slot) &* 0x9E37_79B9_7F4A_7C15 }
    }

    func key(of message: Message) -> UInt64? { known[message]?.key }

    /// Judges a new message, and notes it as in flight if it may go to an attachment.
    func admit(_ message: Message, key: UInt64, to attachment: UInt16) -> Bool {
        var use = uses[key] ?? Use()
        guard use.earlier == 0, use.inFlight == 0 || use.attachment == attachment else { return false }
        use.attachment = attachment
        use.inFlight += 1
        uses[key] = use
        known[message] = Known(key: key, isEarlier: false)
        return true
    }

    /// Whether a message that comes ahead of new ones may go to an attachment: not while another one has something of its
    /// key, and not ahead of an earlier one of its key that was put aside meanwhile.
    func mayHave(_ message: Message, key: UInt64, _ attachment: UInt16) -> Bool {
        guard let use = uses[key], use.inFlight > 0 else { return true }
        return use.attachment == attachment && !use.aside.contains { $0.range.lowerBound < message.sequence }
    }

    /// Puts a message aside until nothing of its key is in flight.
    func putAside(_ run: ReturnedRun, key: UInt64) {
        comesAgain(run.message, key: key)
        uses[key]!.aside.append(run)
        asideCount += 1
    }

    /// Notes that a message is in flight which came ahead of new ones.
    func deliveredAgain(_ message: Message, to attachment: UInt16) {
        guard let entry = known[message] else { return }
        var use = uses[entry.key] ?? Use()
        if entry.isEarlier { use.earlier -= 1 }
        use.inFlight += 1
        use.attachment = attachment
        uses[entry.key] = use
        known[message] = Known(key: entry.key, isEarlier: false)
    }

    /// Notes that a message is not in flight any more.
    ///
    /// - Parameter fate: Whether it comes again.
    func settled(_ message: Message, _ fate: KeyFate) {
        guard let entry = known[message], let use = uses[entry.key] else { return }
        uses[entry.key]!.inFlight = use.inFlight - 1
        switch fate {
        case .done: known[message] = nil
        case .comesAgain: comesAgain(message, key: entry.key)
        case .comesLater: break
        }
        freeIfIdle(entry.key)
    }

    /// Notes that a message comes ahead of new ones.
    func comesAgain(_ message: Message, key: UInt64) {
        if known[message]?.isEarlier != true { uses[key, default: Use()].earlier += 1 }
        known[message] = Known(key: key, isEarlier: true)
    }

    /// Forgets a message that was to come ahead of new ones: it is lost, or its subscription has ended.
    func forget(_ message: Message) {
        guard let entry = known.removeValue(forKey: message), entry.isEarlier, let use = uses[entry.key] else { return }
        uses[entry.key]!.earlier = use.earlier - 1
        freeIfIdle(entry.key)
    }

    /// Forgets a message that was put aside, as the queue was moved back before it and reads it anew.
    ///
    /// - Returns: Its frame bytes; 0 if it was freed already.
    func readAnew(_ message: Message) -> Int {
        var bytes = 0
        if let key = known[message]?.key, let place = uses[key]?.aside.firstIndex(where: { $0.message == message }) {
            bytes = uses[key]!.aside.remove(at: place).bytes
            asideCount -= 1
        }
        forget(message)
        return bytes
    }

    private func freeIfIdle(_ key: UInt64) {
        guard let use = uses[key], use.inFlight == 0 else { return }
        freed += use.aside
        asideCount -= use.aside.count
        uses[key]!.aside = []
        if use.earlier == 0 { uses[key] = nil }
    }

    /// Ends putting aside: all may come now.
    func freeAll() {
        for key in uses.keys { freed += uses[key]!.aside }
        uses = [:]
        known = [:]
        asideCount = 0
    }
}

/// What becomes of a message that is not in flight any more, for others of its key.
enum KeyFate {
    case done
    /// It comes again, and those behind it wait.
    case comesAgain
    /// It comes again after a delay, and those behind it go on.
    case comesLater
}
