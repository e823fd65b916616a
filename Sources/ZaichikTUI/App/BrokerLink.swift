/// The program's link to a broker: takes requests, tells what happens. Never blocks.
protocol BrokerLink: AnyObject {
    /// Begins to connect.
    ///
    /// - Parameter wake: Called, from any thread, when there is something to take after there was nothing.
    func start(wake: @escaping @Sendable () -> Void)
    func perform(_ request: LinkRequest)
    func takeEvents() -> [LinkEvent]
    /// Says goodbye to the broker; waits a moment for its answer.
    func end()
}
