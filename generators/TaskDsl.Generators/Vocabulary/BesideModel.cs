namespace TaskDsl.Generators.Vocabulary;

/// <summary>A property that changes what another one means where both are given.</summary>
/// <param name="Other">The other property's name in C#.</param>
/// <param name="Meaning">What the two mean together.</param>
public sealed record BesideModel(string Other, string Meaning);
