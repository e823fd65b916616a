import NIOCore
import ZaichikProtocol

extension NeighbourScene {
    static let subscriptions = [
        readersLeave,
        subscribeOneByOne("subscriptions-8000", 8000) { "load.\($0)" },
        subscribeOneByOne("subscriptions-100000", 100_000) { "load.\($0)" },
        subscribeOneByOne("patterns-95000", 95_000) { "load.\($0).*" },
        subscribeToAll, leaveAll, unsubscribePending,
    ]

    /// Many readers of one topic are gone at the same moment.
    private static let readersLeave = NeighbourScene(name: "readers-leave-10000") { stage in
        let readers = try stage.connect(stage.count(10_000), window: 16) { reader, _ in
            try reader.send(.subscribe(request: 1, pattern: "crowded", from: .new))
        }
        return {
            // The last first: a list that is searched from its start is searched as far as can be.
            for reader in readers.reversed() { reader.leave() }
            return "\(FigureText.count(readers.count)) left"
        }
    }

    /// Many names, with something pending from each, or patterns on one connection, then none.
    private static func subscribeOneByOne(
        _ name: String, _ full: Int, pattern: @escaping @Sendable (Int) -> String
    ) -> NeighbourScene {
        NeighbourScene(name: name) { stage in
            let count = stage.count(full)
            let ids = try stage.createTopics(count)
            let publisher = try Offender(stage)
            try publisher.publish(FrameBatch(topicIDs: ids, count: count, payload: 100), times: 1)
            try publisher.awaitConfirms()
            let offender = try Offender(stage)
            return {
                let start = Monotonic.now
                try offender.ask(count: count) { .subscribe(request: $1, pattern: pattern($0), from: .earliest) }
                let subscribed = Monotonic.now
                try offender.ask(count: count) { .unsubscribe(request: $1, pattern: pattern($0)) }
                let refusal = offender.refusal.map { ", refused: \($0)" } ?? ""
                return "\(seconds(start, subscribed)) and \(seconds(subscribed, Monotonic.now))\(refusal)"
            }
        }
    }

    /// A pattern that matches every topic.
    private static let subscribeToAll = NeighbourScene(name: "subscribe-all-1000000") { stage in
        try stage.createTopics(stage.count(1_000_000))
        let offender = try Offender(stage)
        return {
            let start = Monotonic.now
            try offender.ask { .subscribe(request: $1, pattern: ">", from: .new) }
            let subscribed = Monotonic.now
            try offender.ask { .unsubscribe(request: $1, pattern: ">") }
            return "\(seconds(start, subscribed)) and \(seconds(subscribed, Monotonic.now))"
        }
    }

    /// A reader of every topic is gone without a word.
    private static let leaveAll = NeighbourScene(name: "leave-all-1000000") { stage in
        try stage.createTopics(stage.count(1_000_000))
        let offender = try Offender(stage)
        try offender.ask { .subscribe(request: $1, pattern: ">", from: .new) }
        return {
            offender.leave()
            return "left"
        }
    }

    /// Topics with something pending are unsubscribed from: some one by one, then all of them.
    private static let unsubscribePending = NeighbourScene(name: "unsubscribe-100000") { stage in
        let ids = try stage.createTopics(stage.count(100_000))
        let offender = try Offender(stage)
        let single = stage.count(1000)
        try offender.ask(count: single) { .subscribe(request: $1, pattern: "load.\($0)", from: .new) }
        // Not the pattern `load.*`: that would keep the singles.
        let others = try stage.createTopics(ids.count) { "other.\($0)" }
        try offender.ask { .subscribe(request: $1, pattern: "other.*", from: .new) }
        let publisher = try Offender(stage)
        try publisher.publish(
            FrameBatch(topicIDs: ids + others, count: ids.count + others.count, payload: 100), times: 1)
        try publisher.awaitConfirms()
        return {
            let start = Monotonic.now
            try offender.ask(count: single) { .unsubscribe(request: $1, pattern: "load.\($0)") }
            let unsubscribed = Monotonic.now
            try offender.ask { .unsubscribe(request: $1, pattern: "other.*") }
            return "\(seconds(start, unsubscribed)) and \(seconds(unsubscribed, Monotonic.now))"
        }
    }

    static func seconds(_ start: UInt64, _ ended: UInt64) -> String {
        FigureText.number(Double(ended - start) / 1e9, decimals: 2) + " s"
    }
}
