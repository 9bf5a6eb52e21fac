using System.Collections.Concurrent;
using TaskDsl.Grammars;

namespace TaskDsl.Codecs;

/// <summary>
/// The grammars of a task's answers where they depend on the language alone: each is made once, so that what is built on it can be kept.
/// </summary>
public sealed class GrammarCache(Func<string, Grammar> make)
{
    private readonly ConcurrentDictionary<string, Grammar> grammars = new();

    /// <summary>The grammar of a language.</summary>
    public Grammar this[string language] => grammars.GetOrAdd(language, make);
}
