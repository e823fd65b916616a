import TestSupport
import ZaichikProtocol

/// Makes random histories: the same one for the same seed.
struct HistoryGenerator {
    private var random: SplitMix
    /// Of its own, so that the histories are the same with and without bounds.
    private var randomBounds: SplitMix
    /// Likewise, for what operators do.
    private var randomActs: SplitMix
    private var history: History
    /// Topics to which a client may publish: those that an earlier round brought about.
    private var isThere: [Bool] = []
    /// Topics that the last round brought about: what races with a topic's first messages is looked at often.
    private var fresh: [Int] = []

    static func history(seed: UInt64) -> History {
        var generator = HistoryGenerator(seed: seed)
        generator.generate()
        return generator.history
    }

    private init(seed: UInt64) {
        random = SplitMix(seed: seed)
        randomBounds = SplitMix(seed: ~seed)
        randomActs = SplitMix(seed: seed &* 0x9E37_79B9)
        history = History(seed: seed, topics: [], windows: [], rounds: [])
    }

    // MARK: Chance

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    private mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }
    private mutating func pick<T>(_ choices: [T]) -> T { choices[number(0...choices.count - 1)] }

    /// KiB of a window.
    private mutating func bound() -> UInt32 { [0, 0, 1, 2, 4][Int.random(in: 0...4, using: &randomBounds)] }

    // MARK: Parts

    private mutating func generate() {
        let names = ["a", "b", "c", "d.e"]
        for name in names.prefix(number(1...4)) {
            let isEarly = history.topics.isEmpty || chance(70)
            history.topics.append(topic(name, isEarly: isEarly))
        }
        isThere = history.topics.map(\.isEarly)
        history.windows = (0..<number(2...4)).map { _ in pick([0, 1, 2, 3, 10, 1000, 1000]) }
        let motif = number(0...9)
        for _ in 0..<number(motif < 2 ? 0...3 : 3...9) { history.rounds.append(round()) }
        switch motif {
        case 0: standAtWhatHasGone()
        case 1: subscribeTwice()
        default: break
        }
        addActs()
        if chance(15) { history.classicRounds = history.rounds.map { _ in classicScript() } }
    }

    /// Has an operator act in some rounds on topics that are there from the start.
    private mutating func addActs() {
        let topics = history.topics.indices.filter { history.topics[$0].isEarly }
        var paused: Int?
        for round in history.rounds.indices {
            guard case .work(let scripts) = history.rounds[round],
                let client = scripts.indices.filter({ !scripts[$0].isEmpty }).randomElement(using: &randomActs)
            else { continue }
            // A pause does not last for long.
            if let topic = paused, Bool.random(using: &randomActs) {
                add(.act(.resume, topic: topic), to: round, client)
                paused = nil
            }
            guard Int.random(in: 0..<100, using: &randomActs) < 20 else { continue }
            let topic = topics.randomElement(using: &randomActs)!
            switch Int.random(in: 0..<6, using: &randomActs) {
            case 0...1: add(.act(.purge, topic: topic), to: round, client)
            case 2...4:
                let back = Int.random(in: 0...12, using: &randomActs)
                add(.act(.purgeBelow(back: back), topic: topic), to: round, client)
            default:
                guard paused == nil else { continue }
                add(.act(.pause, topic: topic), to: round, client)
                paused = topic
            }
        }
    }

    private mutating func add(_ step: History.Step, to round: Int, _ client: Int) {
        guard case .work(var scripts) = history.rounds[round] else { return }
        scripts[client].insert(step, at: 0)
        history.rounds[round] = .work(scripts)
    }

    /// A classic client cannot tell whether its publishes wait: it keeps to topics that block nobody.
    private mutating func classicScript() -> [History.Step] {
        let topics = history.topics.indices.filter { history.topics[$0].settings[.overflow] != 2 }
        guard !topics.isEmpty else { return [] }
        return (0..<number(0...3)).map { _ in
            switch number(0...9) {
            case 0...3:
                let keys = (0..<number(1...5)).map { _ in chance(20) ? number(0...3) : nil }
                return .publish(topic: pick(topics), keys: keys, wantsReceipts: false, wantsConfirm: false)
            case 4...6: return .subscribe(.topic(pick(topics)), .connection)
            case 7: return .unsubscribe(.topic(pick(topics)))
            default: return .permits(number(1...8))
            }
        }
    }

    private mutating func topic(_ name: String, isEarly: Bool) -> History.TopicPlan {
        let size = pick([40, 100, 1000])
        var settings: [TopicSettings.Tag: UInt64] = [:]
        // A topic that a client brings about has the defaults.
        guard isEarly else { return .init(name: name, settings: [:], frameSize: size, isEarly: false) }
        if chance(25) { settings[.historyCount] = UInt64(number(1...6)) }
        if chance(25) { settings[.historyBytes] = UInt64(number(0...8) * size + number(0...size - 1)) }
        if chance(25) { settings[.retention] = UInt64(number(1...3) * 1000) }
        if chance(35) {
            settings[.limit] = UInt64(number(4...20) * size + number(0...size - 1))
            settings[.overflow] = UInt64(number(0...2))
        }
        if chance(25) {
            settings[.deduplicationWindow] = UInt64(number(1...3) * 1000)
            settings[.deduplicationScope] = UInt64(number(0...1))
        }
        return .init(name: name, settings: settings, frameSize: size, isEarly: true)
    }

    private mutating func round() -> History.Round {
        if chance(20) { return .advance(milliseconds: UInt64(pick([1, 499, 500, 1000, 1001, 2000, 3001]))) }
        var scripts: [[History.Step]] = history.windows.map { _ in [] }
        let isAlone = chance(25)
        let only = number(0...scripts.count - 1)
        var isBrought: [Int] = []
        for client in scripts.indices where isAlone ? client == only : chance(80) {
            scripts[client] = script(&isBrought)
        }
        fresh = isBrought.filter { !isThere[$0] }
        for topic in isBrought { isThere[topic] = true }
        return .work(scripts)
    }

    private mutating func script(_ isBrought: inout [Int]) -> [History.Step] {
        var steps: [History.Step] = []
        for _ in 0..<number(1...5) {
            let step = step()
            steps.append(step)
            switch step {
            case .topic(let topic), .subscribe(.topic(let topic), _): isBrought.append(topic)
            case .close, .halfClose, .disconnect: return steps
            default: break
            }
            if chance(15) { steps.append(.flush) }
        }
        return steps
    }

    private mutating func step() -> History.Step {
        switch number(1...100) {
        case ...38: return publish()
        case ...58: return .subscribe(filter(), start())
        case ...66: return .unsubscribe(filter())
        case ...82: return .commit(percent: pick([0, 30, 50, 100, 100, 100]))
        case ...83: return .commitBeyondDelivered
        case ...90: return .window(pick([0, 1, 2, 5, 1000]), kibibytes: bound())
        case ...93: return .topic(number(0...history.topics.count - 1))
        case ...95: return .list
        case ...96: return .watch
        case ...97: return .close
        case ...98: return .halfClose
        case ...99: return .disconnect
        default: return .flush
        }
    }

    private mutating func publish() -> History.Step {
        let topic = !fresh.isEmpty && chance(50) ? pick(fresh) : pick(isThere.indices.filter { isThere[$0] })
        return publish(to: topic)
    }

    private mutating func publish(to topic: Int) -> History.Step {
        let count = pick([1, 1, 2, 3, 5, 10, 30])
        let isKeyed = history.topics[topic].settings[.deduplicationWindow] != nil ? chance(90) : chance(10)
        let keys = (0..<count).map { _ in isKeyed && chance(80) ? number(0...3) : nil }
        // What is withheld as a duplicate can be told only if the message is known.
        return .publish(
            topic: topic, keys: keys, wantsReceipts: isKeyed || chance(60), wantsConfirm: chance(85))
    }

    private mutating func filter() -> History.Filter {
        if !fresh.isEmpty, chance(40) { return .topic(pick(fresh)) }
        return chance(60) ? .topic(number(0...history.topics.count - 1)) : chance(70) ? .all : .level
    }

    private mutating func start() -> History.Start {
        switch number(0...7) {
        case 0...2: .new
        case 3, 4: .connection
        case 5: .earliest
        case 6: .sequence(back: number(-3...12))
        default: .time(back: number(0...4))
        }
    }
}

// Stretches of a history that chance alone brings about too seldom. What the other clients do in them is random.
extension HistoryGenerator {
    private mutating func round(_ client: Int, _ steps: [History.Step]) {
        var scripts: [[History.Step]] = history.windows.map { _ in [] }
        for other in scripts.indices where other != client && chance(15) {
            var isBrought: [Int] = []
            scripts[other] = script(&isBrought)
        }
        scripts[client] = steps
        history.rounds.append(.work(scripts))
    }

    /// A client subscribes from where its queue stands, and the message that it got last may have gone.
    private mutating func standAtWhatHasGone() {
        let topics = isThere.indices.filter { isThere[$0] }
        let first = topics.first { history.topics[$0].settings[.retention] != nil } ?? pick(topics)
        let second = pick(topics)
        let (reader, writer) = (0, history.windows.count - 1)
        round(reader, [.window(UInt32(number(1...2))), .subscribe(.topic(first), .new)])
        for topic in [first, second, first, second] { round(writer, [publish(to: topic)]) }
        history.rounds.append(.advance(milliseconds: 3001))
        round(writer, [publish(to: first)])
        round(reader, [.subscribe(.topic(second), .connection)])
    }

    /// A client subscribes by name to a topic that a pattern of it has met or is about to meet.
    private mutating func subscribeTwice() {
        let topic = history.topics.count
        history.topics.append(self.topic("late", isEarly: false))
        isThere.append(false)
        let (reader, writer) = (0, history.windows.count - 1)
        round(reader, [.subscribe(.all, start()), .window(1000)])
        round(chance(50) ? reader : writer, [.topic(topic)])
        isThere[topic] = true
        if chance(50) {
            round(reader, [publish(to: topic), .subscribe(.topic(topic), start()), publish(to: topic)])
        } else {
            round(reader, [.subscribe(.topic(topic), start())])
            guard case .work(var scripts)? = history.rounds.popLast() else { return }
            scripts[writer] = [publish(to: topic)]
            history.rounds.append(.work(scripts))
        }
    }
}
