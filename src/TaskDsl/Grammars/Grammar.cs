namespace TaskDsl.Grammars;

/// <summary>
/// A regular language over bytes: the texts that a codec can parse. Immutable and composable; constrained decoding walks it
/// byte by byte through a <c>GrammarMatcher</c>.
/// </summary>
public abstract class Grammar;
