namespace TaskDsl.HuggingFace.Tokenizers.Models;

/// <summary>Tokens as they are written, and their ids.</summary>
internal sealed class TokenTable
{
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
    private readonly List<string?> tokens = [];
    private readonly List<(string Token, int Id)> model = [];

    /// <summary>The model's tokens, without the added ones that it does not have itself.</summary>
    public IReadOnlyList<(string Token, int Id)> Model => model;

    /// <summary>One more than the largest id.</summary>
    public int Size => tokens.Count;

    /// <summary>Adds a token of the model.</summary>
    /// <returns>False where the token or the id is there already.</returns>
    public bool TryAdd(string token, int id)
    {
        if (Token(id) is not null || !ids.TryAdd(token, id))
            return false;
        Place(token, id);
        model.Add((token, id));
        return true;
    }

    /// <summary>Adds a token that stands outside the model; it may be the model's own.</summary>
    public bool TryAddOutside(string token, int id)
    {
        if (Token(id) is { } there && there != token)
            return false;
        ids[token] = id;
        Place(token, id);
        return true;
    }

    public int? Find(string token) => ids.TryGetValue(token, out var id) ? id : null;

    public string? Token(int id) => (uint)id < (uint)tokens.Count ? tokens[id] : null;

    private void Place(string token, int id)
    {
        while (tokens.Count <= id)
            tokens.Add(null);
        tokens[id] = token;
    }
}
