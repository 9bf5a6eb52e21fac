using System.Globalization;
using TaskDsl.HuggingFace.Tokenizers.Models;

namespace TaskDsl.HuggingFace.Tokenizers.Reading;

/// <summary>The added tokens of folders without <c>tokenizer.json</c>: those with roles, and those that the configuration lists.</summary>
internal static class OutsideTokens
{
    /// <param name="files">The configuration.</param>
    /// <param name="customs">Roles with the tokens that have them where the configuration names none.</param>
    /// <param name="find">The model's tokens.</param>
    /// <param name="strippedMask">Whether the mask takes the white space before it.</param>
    public static List<AddedToken> Read(
        TokenizerFiles files,
        IReadOnlyDictionary<string, string> customs,
        Func<string, int?> find,
        bool strippedMask = false
    )
    {
        var found = new List<AddedToken>();
        foreach (var (role, custom) in customs)
        {
            var token = files.RoleToken(role) ?? custom;
            if (find(token) is { } id)
                Add(new(id, token, Special: true, StripLeft: strippedMask && role == "mask_token"));
        }

        if (files.Config.Find("added_tokens_decoder") is { } listed)
        {
            foreach (var entry in listed.Value.EnumerateObject())
            {
                var json = new JsonPart(listed.Source, $"{listed.Path}.{entry.Name}", entry.Value);
                if (!int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id >= 1 << 24)
                    throw json.Bad("is no token id");
                var special = json.Flag("special");
                Add(
                    new(
                        id,
                        json["content"].String(),
                        special,
                        json.Flag("single_word"),
                        json.Flag("lstrip"),
                        json.Flag("rstrip"),
                        json.Flag("normalized", !special)
                    )
                );
            }
        }

        if (files.Json("added_tokens.json") is { } more)
            foreach (var entry in more.Value.EnumerateObject())
                Add(
                    new(
                        new JsonPart(more.Source, entry.Name, entry.Value).Id(),
                        entry.Name,
                        Special: entry.Name is ['<' or '[', .., '>' or ']']
                    )
                );
        return found;

        void Add(AddedToken token)
        {
            if (token.Content.Length > 0 && !found.Exists(t => t.Content == token.Content))
                found.Add(token);
        }
    }
}
