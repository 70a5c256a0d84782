package dev.brume.protocol;

import dev.brume.model.ServiceModel.Protocol;

/// The codec of each protocol. Codecs have no state and serve every service.
public final class Codecs {
  private static final Codec JSON_1_0 =
      new RpcCodec(TreeFormat.AWS_JSON, "application/x-amz-json-1.0", true);
  private static final Codec JSON_1_1 =
      new RpcCodec(TreeFormat.AWS_JSON, "application/x-amz-json-1.1", false);
  private static final Codec CBOR = new RpcCodec(TreeFormat.CBOR, "application/cbor", true);
  private static final Codec QUERY = new QueryCodec();
  private static final Codec REST_JSON = new RestCodec(new JsonDocuments());
  private static final Codec REST_XML = new RestCodec(new XmlDocuments());

  private Codecs() {}

  public static Codec of(Protocol protocol) {
    return switch (protocol) {
      case AWS_JSON_1_0 -> JSON_1_0;
      case AWS_JSON_1_1 -> JSON_1_1;
      case RPC_V2_CBOR -> CBOR;
      case AWS_QUERY -> QUERY;
      case REST_JSON_1 -> REST_JSON;
      case REST_XML -> REST_XML;
    };
  }
}
