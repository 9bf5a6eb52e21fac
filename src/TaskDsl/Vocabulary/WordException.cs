namespace TaskDsl.Vocabulary;

/// <summary>A setting does not fit the vocabulary: the message names its path, what was found and what was expected.</summary>
public sealed class WordException(string message) : Exception(message);
