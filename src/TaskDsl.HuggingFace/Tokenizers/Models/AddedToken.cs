namespace TaskDsl.HuggingFace.Tokenizers.Models;

/// <summary>A token that is looked for in the text before the model sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">What is looked for.</param>
/// <param name="Special">Whether it is no text: it is left out when text is made of tokens, and can be kept from being recognised.</param>
/// <param name="SingleWord">Whether it counts only where no word character stands beside it.</param>
/// <param name="StripLeft">Whether it takes the white space before it.</param>
/// <param name="StripRight">Whether it takes the white space behind it.</param>
/// <param name="Normalized">Whether it is looked for in the normalized text.</param>
internal sealed record AddedToken(
    int Id,
    string Content,
    bool Special,
    bool SingleWord = false,
    bool StripLeft = false,
    bool StripRight = false,
    bool Normalized = false
)
{
    public static AddedToken Read(JsonPart json)
    {
        json.Only("content", "id", "lstrip", "normalized", "rstrip", "single_word", "special");
        var special = json.Flag("special");
        var content = json["content"].String() is { Length: > 0 } text ? text : throw json["content"].Bad("is empty");
        return new(
            json["id"].Id(),
            content,
            special,
            json.Flag("single_word"),
            json.Flag("lstrip"),
            json.Flag("rstrip"),
            json.Flag("normalized", !special)
        );
    }
}
