package dev.brume.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brume.model.sqs.QueueDoesNotExist;
import dev.brume.model.sqs.SendMessageRequest;
import org.junit.jupiter.api.Test;

class ServiceModelsTest {
  @Test
  void everyModelLoadsAndEveryStructureCanBeMade() {
    for (var identity : ServiceModels.identities()) {
      ServiceModel model = ServiceModels.get(identity.name());
      assertThat(model.operations()).isNotEmpty();
      for (Shape shape : model.shapes().values()) {
        if (shape.isStructure()) {
          assertThat(shape.make().shape()).isSameAs(shape);
        }
      }
    }
  }

  @Test
  void sqsKeepsItsQueryNamesAndErrorCodes() {
    ServiceModel sqs = ServiceModels.get("sqs");
    assertThat(sqs.identity().protocols())
        .containsExactly(ServiceModel.Protocol.AWS_JSON_1_0, ServiceModel.Protocol.AWS_QUERY);
    assertThat(sqs.shape("QueueDoesNotExist").error().code())
        .isEqualTo("AWS.SimpleQueueService.NonExistentQueue");
    Member attributes = sqs.shape("SendMessageRequest").member("MessageAttributes");
    assertThat(attributes.xmlName()).isEqualTo("MessageAttribute");
    assertThat(attributes.flags().flattened()).isTrue();
    assertThat(attributes.target().key().xmlName()).isEqualTo("Name");
  }

  @Test
  void restBindingsComeFromTheModel() {
    Operation put = ServiceModels.get("s3").operation("PutObject");
    assertThat(put.httpMethod() + " " + put.uri()).isEqualTo("PUT /{Bucket}/{Key+}");
    assertThat(put.input().payload().flags().streaming()).isTrue();
    assertThat(put.input().member("Metadata").location()).isEqualTo(Member.Location.PREFIX_HEADERS);
    assertThat(ServiceModels.get("s3").operation("ListObjectsV2").output().xmlName())
        .isEqualTo("ListBucketResult");
    Shape name = ServiceModels.get("lambda").shape("CreateFunctionRequest").member("Timeout").target();
    assertThat(name.constraints().min()).isOne();
  }

  @Test
  void structuresAreSetByMemberAndByName() {
    var request = new SendMessageRequest().queueUrl("u").messageBody("b");
    assertThat(request.get(0)).isEqualTo("u");
    assertThat(request.hasMessageAttributes()).isFalse();
    assertThat(request.messageAttributes()).isEmpty();
    request.set(1, "other");
    assertThat(request.messageBody()).isEqualTo("other");
    assertThat(request).isEqualTo(new SendMessageRequest().queueUrl("u").messageBody("other"));
    var error = new QueueDoesNotExist("gone");
    assertThat(error.httpStatus()).isEqualTo(400);
    assertThat(error.struct().get(0)).isEqualTo("gone");
  }
}
