using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Kinds.Definition;
using TaskDsl.Generators.Kinds.Pipeline;
using TaskDsl.Generators.Kinds.Prompt;
using TaskDsl.Generators.Kinds.Recipe;
using TaskDsl.Generators.Kinds.Task;

namespace TaskDsl.Generators.Kinds;

/// <summary>The kinds of files that our packages bring. Any other is a record of the user's own.</summary>
public static class KnownKinds
{
    private static readonly DocumentKind[] Ours = [new TaskKind(), new PromptKind(), new RecipeKind(), new PipelineKind()];

    /// <summary>The kinds by the classes, in metadata, that their files are compiled to.</summary>
    public static IReadOnlyDictionary<string, string> Compiled { get; } =
        Ours.Where(kind => kind.Compiled is not null).ToDictionary(kind => kind.Compiled!, kind => kind.Word);

    /// <summary>The kind of a word.</summary>
    public static DocumentKind Of(string word) => Array.Find(Ours, kind => kind.Word == word) ?? new DefinitionKind(word, Package: null);
}
