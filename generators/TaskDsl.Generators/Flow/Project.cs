using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Vocabulary;

namespace TaskDsl.Generators.Flow;

/// <summary>What every document is bound against.</summary>
/// <param name="Options">What the build says.</param>
/// <param name="Vocabulary">The words.</param>
/// <param name="Files">The files that paths may name.</param>
public sealed record Project(ProjectOptions Options, VocabularyModel Vocabulary, ProjectFiles Files);
