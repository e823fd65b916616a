/// Texts about topics as a whole.
public enum TopicText {
    /// A topic was made, perhaps because of a slip of the pen.
    public static func created(_ name: String) -> String {
        "created topic '\(SafeText.escaped(name))'; it did not exist"
    }
}
