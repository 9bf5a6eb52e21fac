namespace TaskDsl.Torch.Opening.Loading;

/// <summary>A model, and what it is asked.</summary>
/// <param name="Folder">Its folder, or its run's.</param>
/// <param name="Fingerprint">What was in it when it was chosen, as a hash.</param>
/// <param name="Tasks">The tasks that it answers; none = any.</param>
/// <param name="Languages">The languages in which it answers; none = any.</param>
public sealed record RoutedModel(string Folder, string Fingerprint, IReadOnlyList<string> Tasks, IReadOnlyList<string> Languages)
{
    /// <summary>Whether it answers one of some tasks in one of some languages; none = any.</summary>
    public bool IsFor(IReadOnlyList<string> tasks, IReadOnlyList<string> languages)
    {
        return Meet(Tasks, tasks) && Meet(Languages, languages);

        static bool Meet(IReadOnlyList<string> own, IReadOnlyList<string> asked) =>
            own.Count == 0 || asked.Count == 0 || own.Intersect(asked).Any();
    }
}
