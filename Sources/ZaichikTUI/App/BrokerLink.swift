/// The program's link to a broker: takes requests and reports events. It never blocks.
protocol BrokerLink: AnyObject {
    /// Begins to connect.
    ///
    /// - Parameter wake: Called from any thread when the first event after a pause can be taken.
    func start(wake: @escaping @Sendable () -> Void)
    func perform(_ request: LinkRequest)
    func takeEvents() -> [LinkEvent]
    /// Says goodbye to the broker, and waits for its answer, at most so long.
    func end(patience: Duration)
}
