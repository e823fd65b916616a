import ZaichikProtocol

/// Makes histories of a seed: the same ones each time.
struct SessionHistoryGenerator {
    private var random: SeededGenerator
    private let clients = 4

    static func history(seed: UInt64, loops: Int) -> SessionHistory {
        var generator = SessionHistoryGenerator(random: SeededGenerator(seed: seed))
        return generator.make(seed: seed, loops: loops)
    }

    private mutating func make(seed: UInt64, loops: Int) -> SessionHistory {
        let topics = (0..<Int.random(in: 1...3, using: &random)).map { _ in topic() }
        let sessions = (0..<Int.random(in: 1...2, using: &random)).map { _ in session() }
        var history = SessionHistory(seed: seed, loops: loops, topics: topics, sessions: sessions, steps: [])
        for client in 0..<clients { history.steps += arrival(client, history) }
        for _ in 0..<Int.random(in: 10...60, using: &random) { history.steps += steps(history) }
        return history
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func topic() -> SessionHistory.TopicPlan {
        var plan = SessionHistory.TopicPlan()
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            plan.settings[.deduplicationWindow] = 5_500
            plan.settings[.deduplicationScope] = UInt64.random(in: 0...1, using: &random)
        case 1: plan.settings[.retention] = 6_500
        case 2: plan.settings[.limit] = UInt64.random(in: 600...3000, using: &random)
        default: break
        }
        return plan
    }

    /// Times are such that nothing ends within a fraction of a second of a whole one: the broker's wheels are coarse.
    private mutating func session() -> SessionHistory.SessionPlan {
        var plan = SessionHistory.SessionPlan()
        plan.settings[.mode] = UInt64.random(in: 0...2, using: &random)
        if chance(40) { plan.settings[.commitDeadline] = 2_500 }
        if chance(40) { plan.settings[.attempts] = UInt64.random(in: 1...4, using: &random) }
        if chance(60) { plan.settings[.expiry] = chance(20) ? 0 : 8_500 }
        return plan
    }

    private mutating func arrival(_ client: Int, _ history: SessionHistory) -> [SessionHistory.Step] {
        let session = chance(75) ? Int.random(in: history.sessions.indices, using: &random) : nil
        let window = chance(20) ? UInt32.random(in: 0...2, using: &random) : UInt32.random(in: 3...20, using: &random)
        let producer = chance(30) ? Int.random(in: 0...1, using: &random) : nil
        var steps = [
            SessionHistory.Step.connect(client: client, session: session, window: window, producer: producer)
        ]
        if chance(15) {
            steps.append(.window(client: client, window, kibibytes: UInt32.random(in: 1...2, using: &random)))
        }
        if chance(80) { steps.append(subscription(client, history)) }
        return steps
    }

    private mutating func subscription(_ client: Int, _ history: SessionHistory) -> SessionHistory.Step {
        var options: SubscribeOptions = chance(10) ? [.noEcho] : []
        if chance(10) { options.insert(.autoCommit) }
        return .subscribe(
            client: client, topic: chance(25) ? nil : Int.random(in: history.topics.indices, using: &random),
            SessionHistory.Start.allCases.randomElement(using: &random)!, options)
    }

    private mutating func publishes(_ history: SessionHistory) -> [SessionHistory.Publish] {
        let topic = Int.random(in: history.topics.indices, using: &random)
        // What waits counts in the limit, and may be refused.
        let mayDelay = history.topics[topic].settings[.limit] == nil
        return (0..<Int.random(in: 1...6, using: &random)).map { _ in
            var publish = SessionHistory.Publish(
                topic: topic, key: chance(70) ? Int.random(in: 0...2, using: &random) : nil)
            if chance(5) { publish.payload = 900 }
            if chance(8) { publish.expireAfter = chance(50) ? 1_500 : 4_500 }
            if mayDelay, chance(8) { publish.delay = chance(50) ? 1_500 : 4_500 }
            return publish
        }
    }

    private mutating func picks() -> [Int] {
        (0..<2 * Int.random(in: 1...3, using: &random)).map { _ in Int.random(in: 0...3, using: &random) }
    }

    private mutating func steps(_ history: SessionHistory) -> [SessionHistory.Step] {
        let client = Int.random(in: 0..<clients, using: &random)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<2: return absence(client, history)
        case 2..<24: return [.publish(client: client, publishes(history))]
        case 24..<37:
            return [.commit(client: client, percent: chance(50) ? 100 : Int.random(in: 0...100, using: &random))]
        case 37..<54:
            let action = SettleAction.allCases.randomElement(using: &random)!
            return [.settle(client: client, action, picks: picks(), delay: chance(30) ? 1_500 : 0)]
        case 54..<62: return [chance(50) ? .vanish(client: client) : .close(client: client)] + arrival(client, history)
        case 62..<64: return [chance(50) ? .vanish(client: client) : .close(client: client)]
        case 64..<66:
            let percent = Int.random(in: 0...100, using: &random)
            return [.cut(client: client, publishes(history), percent: percent)] + arrival(client, history)
        case 66..<71: return arrival(client, history)
        case 71..<76: return [subscription(client, history)]
        case 76..<79:
            return [.window(client: client, UInt32.random(in: 0...12, using: &random), kibibytes: chance(80) ? 0 : 1)]
        case 79..<83: return [.transaction(client: client, picks: picks(), publishes(history) + publishes(history))]
        case 83..<86: return [.settleParked(client: client, chance(60) ? .release : .drop, all: chance(50))]
        case 86..<91: return [rareStep(client, history)]
        case 91..<93: return [act(client, history)]
        case 93..<96: return operation(client, history)
        default: return [.advance(seconds: Int.random(in: 1...4, using: &random))]
        }
    }

    /// Somebody is done with everything, is away while others publish, and comes again.
    private mutating func absence(_ client: Int, _ history: SessionHistory) -> [SessionHistory.Step] {
        let other = (client + 1) % clients
        return [.commit(client: client, percent: 100), .close(client: client), .advance(seconds: 1)]
            + [.publish(client: other, publishes(history)), .advance(seconds: 1)] + arrival(client, history)
    }

    private mutating func act(_ client: Int, _ history: SessionHistory) -> SessionHistory.Step {
        let other = Int.random(in: 0..<clients, using: &random)
        let topic = Int.random(in: history.topics.indices, using: &random)
        let act: SessionHistory.QueueAct
        switch Int.random(in: 0..<12, using: &random) {
        case 0...1: act = .pause(seconds: chance(60) ? Int.random(in: 1...4, using: &random) : nil)
        case 2: act = .resume
        case 3: act = .window(UInt32.random(in: 0...9, using: &random))
        case 4: act = .skip(count: UInt64.random(in: 1...6, using: &random))
        case 5...6: act = .skipBelow(topic: topic, percent: Int.random(in: 0...100, using: &random))
        case 7...8: act = .purge(topic: chance(60) ? topic : nil)
        case 9...10: act = .purgeKey(topic: topic, key: Int.random(in: 0...2, using: &random))
        default: act = other == client ? .resume : .disconnect
        }
        if chance(20) { return .peek(client: client, of: other) }
        return .act(client: client, act, of: other, way())
    }

    private mutating func way() -> SessionHistory.Way { chance(15) ? .dryRun : chance(30) ? .rehearsed : .real }

    /// What an operator does to topics or to the broker. What stops everybody does not stay for long.
    private mutating func operation(_ client: Int, _ history: SessionHistory) -> [SessionHistory.Step] {
        let topic = Int.random(in: history.topics.indices, using: &random)
        let some = chance(80) ? topic : nil
        let way = way()
        func onTopic(_ act: SessionHistory.TopicAct, _ topic: Int?) -> [SessionHistory.Step] {
            [.actOnTopic(client: client, act, topic: topic, way)]
        }
        switch Int.random(in: 0..<14, using: &random) {
        case 0...1: return onTopic(.pause(seconds: chance(70) ? Int.random(in: 1...4, using: &random) : nil), some)
        case 2: return onTopic(.resume, some)
        case 3...4: return onTopic(.purge, some)
        case 5...7: return onTopic(.purgeBelow(percent: Int.random(in: 0...100, using: &random)), topic)
        case 8...10: return onTopic(.purgeKey(Int.random(in: 0...2, using: &random)), some)
        case 11: return [.setTopic(client: client, topic: topic, change(topic, history))]
        case 12: return decision(.drain, .undrain, client, history)
        default: return decision(.stopAccepting, .accept, client, history)
        }
    }

    private mutating func change(_ topic: Int, _ history: SessionHistory) -> [TopicSettings.Tag: UInt64] {
        // What is delayed counts in the limit, and may be refused: see ``publishes(_:)``.
        guard history.topics[topic].settings[.limit] != nil, chance(70) else {
            return [.retention: [0, 3_500, 6_500].randomElement(using: &random)!]
        }
        return [.limit: UInt64.random(in: 600...3000, using: &random)]
    }

    /// Something that others undo after some steps of theirs.
    private mutating func decision(
        _ act: SessionHistory.BrokerAct, _ undone: SessionHistory.BrokerAct, _ client: Int, _ history: SessionHistory
    ) -> [SessionHistory.Step] {
        var steps: [SessionHistory.Step] = [.actOnBroker(client: client, act, way())]
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let other = Int.random(in: 0..<clients, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0...1: steps.append(.publish(client: other, publishes(history)))
            case 2: steps.append(.transaction(client: other, picks: picks(), publishes(history)))
            case 3: steps += arrival(other, history)
            case 4: steps.append(.advance(seconds: Int.random(in: 1...2, using: &random)))
            default: steps.append(.commit(client: other, percent: 100))
            }
        }
        return steps + (0..<clients).map { .actOnBroker(client: $0, undone, .real) }
    }

    private mutating func rareStep(_ client: Int, _ history: SessionHistory) -> SessionHistory.Step {
        let topic = Int.random(in: history.topics.indices, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return .unsubscribe(client: client, topic: chance(25) ? nil : topic)
        case 1: return .seek(client: client, topic: topic, SessionHistory.Start.allCases.randomElement(using: &random)!)
        case 2: return .deleteTopic(client: client, topic: topic)
        case 3: return .createTopic(client: client, topic: topic)
        case 4: return .deleteSession(client: client, session: Int.random(in: history.sessions.indices, using: &random))
        default: return .inspect(client: client)
        }
    }
}
