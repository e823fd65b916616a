import ArgumentParser
import ZaichikProtocol

/// The options by which a run of `zaichik bench` differs from its shape.
struct BenchOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Publishers; 0: none.", valueName: "count"),
        transform: NumberText.whole(0...BenchPlan.mostConnections))
    var publishers: Int?

    @Option(
        help: ArgumentHelp("Subscribers; 0: none.", valueName: "count"),
        transform: NumberText.whole(0...BenchPlan.mostConnections))
    var subscribers: Int?

    @Option(help: ArgumentHelp("Topics.", valueName: "count"), transform: NumberText.whole(1...BenchPlan.mostTopics))
    var topics: Int?

    @Flag(help: "Every subscriber reads all topics, by a pattern.")
    var allTopics = false

    @Flag(help: "The subscribers share one session, each message goes to one of them, and each is committed by itself.")
    var shared = false

    @Flag(help: "Ask for no confirmation: what is sent counts as published.")
    var unconfirmed = false

    @Flag(help: "A delivery is done when the broker has sent it: nothing is committed.")
    var autoCommit = false

    @Option(
        help: ArgumentHelp("Of a message's payload, such as 128, 4k or 1MiB; at least 16.", valueName: "size"),
        transform: ByteSize.read)
    var size: ByteSize?

    @Option(
        help: ArgumentHelp("End after this many messages of each publisher.", valueName: "count"),
        transform: NumberText.whole(1...UInt64.max))
    var messages: UInt64?

    @Option(
        help: ArgumentHelp("How long to measure, 5s by default; a bare number is seconds.", valueName: "time"),
        transform: TimeSpan.inSeconds)
    var duration: TimeSpan?

    @Option(
        name: .customLong("warm-up"),
        help: ArgumentHelp(
            "How long to publish before measuring. Default: 1s, or none with --messages.", valueName: "time"),
        transform: TimeSpan.inSeconds)
    var warmUp: TimeSpan?

    @Option(
        help: ArgumentHelp(
            "Messages a second of all publishers together; 0: as fast as it goes.", valueName: "messages"),
        transform: NumberText.real(0...1e9, "from 0 to 1000000000 messages a second"))
    var rate: Double?

    @Option(
        help: ArgumentHelp(
            "Publishes of each publisher that may be unconfirmed. Default: 1000, or as many as make 4 MiB.",
            valueName: "messages"), transform: NumberText.whole(1...UInt64.max))
    var window: UInt64?

    @Option(
        help: ArgumentHelp(
            "Deliveries to each subscriber that may be uncommitted. Default: 10000, or as many as make 4 MiB.",
            valueName: "messages"), transform: NumberText.whole(1...UInt64.max))
    var subscriberWindow: UInt64?

    @Option(
        help: ArgumentHelp(
            "Without --rate publishers wait while the average lag of the subscribers is above this; 0: never. Default: 10000, or as many as make 4 MiB.",
            valueName: "messages"), transform: NumberText.whole(0...UInt64.max))
    var backlog: UInt64?

    @Option(
        help: ArgumentHelp(
            "Slow subscribers in addition to the others; publishers do not wait for them.", valueName: "count"),
        transform: NumberText.whole(0...BenchPlan.mostConnections))
    var slow: Int?

    @Option(
        help: ArgumentHelp(
            "How long a slow subscriber takes for each message, 10ms by default; a bare number is milliseconds.",
            valueName: "time"),
        transform: TimeSpan.inMilliseconds)
    var commitDelay: TimeSpan?

    @Option(
        help: ArgumentHelp("Connections that do nothing.", valueName: "count"),
        transform: NumberText.whole(0...BenchPlan.mostConnections))
    var idle: Int?

    @Flag(help: "Give every message a key that no other has.")
    var keys = false

    @Option(
        help: ArgumentHelp("How long the topics deduplicate keys.", valueName: "time"),
        transform: TimeSpan.withUnit)
    var dedupWindow: TimeSpan?

    @Option(help: ArgumentHelp("Where they are deduplicated.", valueName: "consumer|topic"))
    var dedupScope: TopicSettings.DeduplicationScope?

    @Option(
        help: ArgumentHelp("Event loops of the generator, 1 by default.", valueName: "count"),
        transform: NumberText.whole(1...BenchPlan.mostLoops))
    var loops: Int?

    /// A shape's plan, with the values of the options in place of its own.
    func applied(to plan: BenchPlan) -> BenchPlan {
        var plan = plan
        if let publishers { plan.publishers = publishers }
        if let subscribers { plan.subscribers = subscribers }
        if let topics { plan.topics = topics }
        if allTopics { plan.readsAllTopics = true }
        if shared { plan.sharesSession = true }
        if unconfirmed { plan.publishesUnconfirmed = true }
        if autoCommit { plan.commitsBySending = true }
        if let size { plan.size = Int(clamping: size.bytes) }
        if let messages { plan.extent = .messages(messages) }
        if let duration { plan.extent = .time(duration) }
        if let warmUp { plan.chosenWarmUp = warmUp }
        if let rate { plan.rate = rate }
        if let window { plan.chosenWindow = window }
        if let subscriberWindow { plan.chosenSubscriberWindow = subscriberWindow }
        if let backlog { plan.chosenBacklog = backlog }
        if let slow { plan.slow = slow }
        if let commitDelay { plan.slowDelay = commitDelay }
        if let idle { plan.idle = idle }
        if keys { plan.hasKeys = true }
        if let dedupWindow { plan.deduplicationWindow = dedupWindow }
        if let dedupScope { plan.deduplicationScope = dedupScope }
        if let loops { plan.loops = loops }
        return plan
    }
}
